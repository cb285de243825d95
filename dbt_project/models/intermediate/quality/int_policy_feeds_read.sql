-- Long: each feed that policies need has its own way of not being there.
-- What of policies and of the groups they name could be read on each tenant-day this build
-- replaces. Members and groups are asked for by names that other feeds give: a capture older than
-- one of those has not been asked for all of them.
{%- set naming_feeds = {
    'groups': ['conditional_access_policies'],
    'group_members': [
        'conditional_access_policies', 'groups', 'role_assignments',
        'role_assignment_schedule_instances', 'role_eligibility_schedule_instances',
        'group_assignment_schedule_instances', 'group_eligibility_schedule_instances',
    ],
} %}

with

broken as (

    select distinct
        run_id,
        tenant_id,
        feed
    from {{ ref('int_rows_quarantined') }}
    where breaks_feed

),

captures as (

    select
        deduplicated.tenant_id,
        deduplicated.extract_date as snapshot_date,
        deduplicated.feed,
        deduplicated.run_id,
        deduplicated.collected_at
    from {{ ref('int_captures_deduplicated') }} as deduplicated
    left join broken using (run_id, tenant_id, feed)
    where broken.run_id is null

),

outdated as (

    select distinct
        captures.tenant_id,
        captures.snapshot_date,
        captures.feed
    from captures
    inner join captures as naming
        on
            captures.tenant_id = naming.tenant_id
            and captures.snapshot_date = naming.snapshot_date
            and captures.run_id <> naming.run_id
            and captures.collected_at < naming.collected_at
    where
        false
        {% for feed, feeds in naming_feeds.items() %}
            or (
                captures.feed = '{{ feed }}'
                and naming.feed in (
                    '{{ feeds | join("', '") }}'
                )
            )
        {% endfor %}

),

defaults as (

    {{ captured_rows('stg_graph__security_defaults', 'security_defaults') }}

),

defaults_states as (

    select
        tenant_id,
        snapshot_date,
        max(policy_id) as defaults_id,
        max(policy_name) as defaults_name,
        bool_or(is_enabled) as is_defaults_enabled
    from defaults
    where quarantine_reason is null
    group by tenant_id, snapshot_date

),

-- Whose rules nobody judges: what policies alone leave open they may close.
plans as (

    select
        tenant_id,
        snapshot_date,
        {{ listed('plan_name') }} as plan_names
    from ({{ captured_rows('stg_graph__conditional_access_plans', 'conditional_access_plans') }})
    where
        quarantine_reason is null
        and is_at_work
    group by tenant_id, snapshot_date

)

select
    days.tenant_id,
    days.snapshot_date,
    {% for column, feed in {
        'has_policies': 'conditional_access_policies',
        'knows_defaults': 'security_defaults',
        'has_locations': 'named_locations',
        'has_strengths': 'authentication_strengths',
        'has_roles': 'role_definitions',
        'has_assignments': 'role_assignments',
    }.items() %}
        bool_or(captures.feed = '{{ feed }}') is true as {{ column }},
    {% endfor %}
    bool_or(captures.feed = 'groups' and outdated.feed is null) is true as has_groups,
    bool_or(captures.feed = 'group_members' and outdated.feed is null) is true as has_members,
    max(defaults_states.defaults_id) as defaults_id,
    max(defaults_states.defaults_name) as defaults_name,
    bool_or(defaults_states.is_defaults_enabled) is true as is_defaults_enabled,
    max(plans.plan_names) as plan_names
from {{ ref('int_snapshot_days_new') }} as days
left join captures using (tenant_id, snapshot_date)
left join outdated
    on
        captures.tenant_id = outdated.tenant_id
        and captures.snapshot_date = outdated.snapshot_date
        and captures.feed = outdated.feed
left join defaults_states using (tenant_id, snapshot_date)
left join plans using (tenant_id, snapshot_date)
group by days.tenant_id, days.snapshot_date
