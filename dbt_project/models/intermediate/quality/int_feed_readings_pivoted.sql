{%- set feeds = {
    'has_roles': 'role_assignments',
    'has_members': 'group_members',
    'has_active_instances': 'role_assignment_schedule_instances',
    'has_eligible_instances': 'role_eligibility_schedule_instances',
} -%}

-- What each changed tenant-day can know of privilege, by the feeds that were read that day.
with

readings as (

    select
        tenant_id,
        snapshot_date,
        {% for name, feed in feeds.items() %}
            coalesce(bool_or(outcome in ('ok', 'empty')) filter (where feed = '{{ feed }}'), false)
                as {{ name }},
        {% endfor %}
        coalesce(
            bool_or(outcome = 'not_licensed')
            filter (
                where feed in (
                    'role_assignment_schedule_instances', 'role_eligibility_schedule_instances'
                )
            ),
            false
        ) as is_pim_refused
    from {{ ref('int_feed_outcomes') }}
    group by tenant_id, snapshot_date

),

licensed as (

    select
        *,
        -- The licence is one for all of PIM: what one of its feeds was given, the tenant owns.
        is_pim_refused
        and not has_active_instances
        and not has_eligible_instances as is_unlicensed
    from readings

)

select
    tenant_id,
    snapshot_date,
    has_roles,
    has_members,
    is_unlicensed,
    -- Where PIM is not licensed every assignment is standing.
    has_active_instances or (has_roles and is_unlicensed) as has_standing,
    has_active_instances as has_activated,
    has_eligible_instances as has_eligible
from licensed
