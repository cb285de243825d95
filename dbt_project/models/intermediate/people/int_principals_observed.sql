-- Long: many feeds name people, each in its own columns.
{%- set expanding_feeds = {
    'role_assignments': 4,
    'role_assignment_schedule_instances': 5,
    'role_eligibility_schedule_instances': 5,
    'group_assignment_schedule_instances': 3,
    'group_eligibility_schedule_instances': 3,
} -%}

-- What each replaced day tells of everyone its feeds name, one row a tenant, day and principal. A
-- value comes from the feed that knows best: the list of people itself, then what an assignment
-- expands, then a bare mention. What one feed could not resolve, another may.
with

reported as (

    select
        tenant_id,
        snapshot_date,
        user_id as principal_id,
        6 as authority,
        collected_at,
        record_index,
        'user' as principal_type,
        null as partner_tenant_id,
        display_name as principal_name,
        user_principal_name,
        is_guest,
        is_enabled,
        is_synced,
        null as is_deleted
    from ({{ captured_rows('stg_graph__users', 'users') }})
    where quarantine_reason is null

    union all

    select
        tenant_id,
        snapshot_date,
        service_principal_id as principal_id,
        6 as authority,
        collected_at,
        record_index,
        'service_principal' as principal_type,
        null as partner_tenant_id,
        service_principal_name as principal_name,
        null as user_principal_name,
        null as is_guest,
        is_enabled,
        null as is_synced,
        null as is_deleted
    from ({{ captured_rows('stg_graph__service_principals', 'service_principals') }})
    where quarantine_reason is null

    union all

    select
        tenant_id,
        snapshot_date,
        group_id as principal_id,
        6 as authority,
        collected_at,
        0 as record_index,
        'group' as principal_type,
        null as partner_tenant_id,
        group_name as principal_name,
        null as user_principal_name,
        null as is_guest,
        null as is_enabled,
        is_synced,
        null as is_deleted
    from ({{ captured_rows('stg_graph__groups', 'groups') }})
    where quarantine_reason is null

    union all

    -- Owners of groups and members through one are named here too, though they hold nothing by it.
    {% for feed, authority in expanding_feeds.items() %}
        select
            tenant_id,
            snapshot_date,
            principal_id,
            {{ authority }} as authority,
            collected_at,
            record_index,
            {{ principal_attributes() }},
            null as is_deleted
        from ({{ captured_rows('stg_graph__' ~ feed, feed) }})
        where quarantine_reason is null

        union all

    {% endfor %}
    select
        tenant_id,
        snapshot_date,
        principal_id,
        1 as authority,
        collected_at,
        record_index,
        principal_type,
        null as partner_tenant_id,
        null as principal_name,
        null as user_principal_name,
        null as is_guest,
        null as is_enabled,
        null as is_synced,
        null as is_deleted
    from ({{ captured_rows('stg_graph__group_members', 'group_members') }})
    where quarantine_reason is null

    union all

    -- A group whose members were told is one, also where the assignment could not expand it.
    select
        tenant_id,
        snapshot_date,
        group_id as principal_id,
        1 as authority,
        collected_at,
        record_index,
        'group' as principal_type,
        null as partner_tenant_id,
        null as principal_name,
        null as user_principal_name,
        null as is_guest,
        null as is_enabled,
        null as is_synced,
        null as is_deleted
    from {{ ref('int_group_memberships_unioned') }}

    union all

    -- Deleted users stay at risk: no other feed knows their names then.
    select
        tenant_id,
        snapshot_date,
        user_id as principal_id,
        0 as authority,
        collected_at,
        record_index,
        'user' as principal_type,
        null as partner_tenant_id,
        user_display_name as principal_name,
        user_principal_name,
        null as is_guest,
        null as is_enabled,
        null as is_synced,
        is_deleted
    from ({{ captured_rows('stg_graph__risky_users', 'risky_users') }})
    where
        quarantine_reason is null
        and risk_state in ('at_risk', 'confirmed_compromised')

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    -- PIM shows a partner's group as any other: the list of assignments alone says whose it is.
    case
        when bool_or(principal_type = 'partner') then 'partner'
        else
            coalesce(
                arg_max(principal_type, (authority, collected_at, record_index))
                filter (where principal_type <> 'unknown'),
                'unknown'
            )
    end as principal_type,
{%- for attribute in [
    'partner_tenant_id', 'principal_name', 'user_principal_name', 'is_guest', 'is_enabled',
    'is_synced', 'is_deleted',
] %}
    arg_max({{ attribute }}, (authority, collected_at, record_index))
    filter (where {{ attribute }} is not null) as {{ attribute }}{{ "," if not loop.last }}
{%- endfor %}
from reported
group by tenant_id, snapshot_date, principal_id
