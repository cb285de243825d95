-- Which counts of privilege each changed tenant-day can know, by what was read that day.
with

readings as (

    select
        tenant_id,
        snapshot_date,
        bool_or(feed = 'role_assignments') as has_roles,
        bool_or(feed = 'role_assignment_schedule_instances') as has_active_instances,
        bool_or(feed = 'role_eligibility_schedule_instances') as has_eligible_instances
    from {{ ref('int_feed_outcomes') }}
    where outcome in ('ok', 'empty')
    group by tenant_id, snapshot_date

)

select
    readings.tenant_id,
    readings.snapshot_date,
    readings.has_roles,
    -- Where PIM is not licensed every assignment is standing: the plain list is enough.
    readings.has_active_instances
    or (readings.has_roles and statuses.status = 'not_licensed') as has_standing,
    readings.has_active_instances as has_activated,
    readings.has_eligible_instances as has_eligible
from readings
inner join {{ ref('int_group_statuses') }} as statuses
    on
        readings.tenant_id = statuses.tenant_id
        and readings.snapshot_date = statuses.snapshot_date
        and statuses.feed_group = 'pim'
