-- Who holds a directory role on the replaced days, and whether that list is complete: it is not
-- where role assignments were not read, or a group's members were not.
with

days as (

    select * from {{ ref('int_snapshot_days_new') }}

),

assignments as (

    select
        facts.tenant_id,
        facts.snapshot_date,
        list(distinct facts.principal_id) filter (where facts.principal_type <> 'group')
            as holder_ids,
        bool_or(facts.principal_type = 'group') as has_unread_group
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join days using (tenant_id, snapshot_date)
    group by facts.tenant_id, facts.snapshot_date

),

readings as (

    select
        tenant_id,
        snapshot_date,
        has_roles
    from {{ ref('int_feed_readings_pivoted') }}

)

select
    days.tenant_id,
    days.snapshot_date,
    coalesce(assignments.holder_ids, []) as holder_ids,
    coalesce(readings.has_roles, false) and not coalesce(assignments.has_unread_group, false)
        as is_complete
from days
left join readings using (tenant_id, snapshot_date)
left join assignments using (tenant_id, snapshot_date)
