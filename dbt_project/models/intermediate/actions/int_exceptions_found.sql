-- The controls that are excepted at the end of the tenant's newest day: the state in force, since
-- when it holds without a break, who set it, and the newest comment on it.
with

tenants as (

    select
        tenant_id,
        last_seen_date
    from {{ ref('dim_tenant') }}

),

listed as (

    select
        updates.*,
        tenants.last_seen_date
    from {{ ref('int_control_states_named') }} as updates
    inner join tenants
        on
            updates.tenant_id = tenants.tenant_id
            and updates.from_date <= tenants.last_seen_date
            and updates.listed_until > tenants.last_seen_date

),

in_force as (

    select
        tenant_id,
        control_id,
        any_value(last_seen_date) as last_seen_date,
        arg_max(state, update_number) as state
    from listed
    group by tenant_id, control_id
    having {{ is_excepted('arg_max(state, update_number)') }}

),

breaks as (

    select
        listed.tenant_id,
        listed.control_id,
        max(listed.update_number) as update_number
    from listed
    inner join in_force
        on
            listed.tenant_id = in_force.tenant_id
            and listed.control_id = in_force.control_id
            and listed.state <> in_force.state
    group by listed.tenant_id, listed.control_id

)

select
    in_force.tenant_id,
    in_force.control_id,
    in_force.last_seen_date,
    in_force.state,
    min(listed.updated_at) as since_at,
    min(listed.from_date) as since_date,
    arg_min_null(listed.updated_by, listed.update_number) as changed_by,
    arg_max(nullif(trim(listed.comment), ''), listed.update_number) as comment,
    arg_max_null(listed.assigned_to, listed.update_number) as assigned_to,
    max(listed.updated_at) as confirmed_at
from in_force
inner join listed using (tenant_id, control_id)
left join breaks using (tenant_id, control_id)
where listed.update_number > coalesce(breaks.update_number, 0)
group by in_force.tenant_id, in_force.control_id, in_force.last_seen_date, in_force.state
