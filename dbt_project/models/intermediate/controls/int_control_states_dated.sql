-- Every state update once, with how long profile versions went on listing it: `listed_until` is
-- the day a version without it was captured, null while it is still listed.
with

updates as (

    select * from {{ ref('int_control_state_updates') }}

),

-- A profile that vanished keeps its states, so only its return supersedes them.
versions as (

    select
        tenant_id,
        control_id,
        capture_date,
        lead(capture_date) over (
            partition by tenant_id, control_id order by capture_date
        ) as superseded_date
    from {{ ref('int_control_profile_changes') }}
    where is_present

),

listed as (

    select
        updates.tenant_id,
        updates.control_id,
        updates.state,
        updates.updated_at,
        max(updates.item_index) as item_index,
        arg_max_null(updates.updated_by, updates.capture_date) as updated_by,
        arg_max_null(updates.assigned_to, updates.capture_date) as assigned_to,
        arg_max_null(updates.comment, updates.capture_date) as comment,
        min(updates.capture_date) as first_listed_date,
        max(coalesce(versions.superseded_date, date '9999-12-31')) as listed_until
    from updates
    inner join versions using (tenant_id, control_id, capture_date)
    group by updates.tenant_id, updates.control_id, updates.state, updates.updated_at

)

select * from listed
