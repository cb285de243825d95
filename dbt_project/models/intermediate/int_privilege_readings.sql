{%- set feeds = {
    'has_roles': 'role_assignments',
    'has_members': 'group_members',
    'has_active_instances': 'role_assignment_schedule_instances',
    'has_eligible_instances': 'role_eligibility_schedule_instances',
    'has_active_memberships': 'group_assignment_schedule_instances',
    'has_eligible_memberships': 'group_eligibility_schedule_instances',
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
        ) as is_pim_refused,
        coalesce(
            bool_or(outcome = 'not_licensed')
            filter (where feed = 'group_assignment_schedule_instances'),
            false
        ) as is_group_pim_refused
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
    licensed.tenant_id,
    licensed.snapshot_date,
    licensed.has_roles,
    licensed.has_members,
    licensed.is_unlicensed,
    -- Where PIM is not licensed every assignment and membership is standing.
    licensed.has_active_memberships
    or licensed.is_group_pim_refused
    or licensed.is_unlicensed as has_membership_kinds,
    (
        licensed.has_active_instances
        and (licensed.has_active_memberships or held_groups.tenant_id is null)
    )
    or (licensed.has_roles and licensed.is_unlicensed) as has_standing,
    licensed.has_active_instances
    and (licensed.has_active_memberships or held_groups.tenant_id is null) as has_activated,
    licensed.has_eligible_instances
    and (licensed.has_eligible_memberships or held_groups.tenant_id is null) as has_eligible
from licensed
left join {{ ref('int_privileged_groups_held') }} as held_groups
    on
        licensed.tenant_id = held_groups.tenant_id
        and licensed.snapshot_date = held_groups.snapshot_date
