-- What happened to the state of each control: every update with who, why and exactly when, and
-- every day on which a list no longer held the update that was in force, of which nobody tells who.
with

updates as (

    select * from {{ ref('int_control_states_named') }}

),

-- What was in force just before an update: the newest earlier one that was still listed.
replaced as (

    select
        later.tenant_id,
        later.control_id,
        later.update_number,
        arg_max(earlier.state, earlier.update_number) as previous_state
    from updates as later
    inner join updates as earlier
        on
            later.tenant_id = earlier.tenant_id
            and later.control_id = earlier.control_id
            and later.update_number > earlier.update_number
            and later.from_date <= earlier.listed_until
    group by later.tenant_id, later.control_id, later.update_number

),

delistings as (

    select distinct
        tenant_id,
        control_id,
        listed_until as event_date
    from updates
    where listed_until < date '9999-12-31'

),

-- The state at the end of the day before, and at the end of the day.
around as (

    select
        delistings.tenant_id,
        delistings.control_id,
        delistings.event_date,
        coalesce(
            arg_max(updates.state, updates.update_number) filter (
                where
                updates.from_date < delistings.event_date
                and updates.listed_until > delistings.event_date - 1
            ),
            'default'
        ) as previous_state,
        coalesce(
            arg_max(updates.state, updates.update_number) filter (
                where
                updates.from_date <= delistings.event_date
                and updates.listed_until > delistings.event_date
            ),
            'default'
        ) as state,
        bool_or(updates.from_date = delistings.event_date) as has_update
    from delistings
    inner join updates using (tenant_id, control_id)
    group by delistings.tenant_id, delistings.control_id, delistings.event_date

)

select
    updates.tenant_id,
    updates.control_id,
    updates.from_date as event_date,
    updates.update_number,
    updates.updated_at as event_at,
    coalesce(replaced.previous_state, 'default') as previous_state,
    updates.state,
    updates.updated_by as changed_by,
    updates.assigned_to,
    updates.comment
from updates
left join replaced using (tenant_id, control_id, update_number)

union all

select
    tenant_id,
    control_id,
    event_date,
    0 as update_number,
    cast(null as timestamp) as event_at,
    previous_state,
    state,
    cast(null as varchar) as changed_by,
    cast(null as varchar) as assigned_to,
    cast(null as varchar) as comment
from around
where
    previous_state <> state
    and not has_update
