-- Long: every check of a declared principal has its own reason to be unknown.
-- One row per declared principal that holds a role, and replaced day: which checks of its role fail
-- and which nobody can make. A check that is null could not be made; others are true where all is
-- well.
-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

{%- set checks = {
    'alone': 'emergency',
    'not_excluded': 'emergency',
    'not_phishing_resistant': 'emergency',
    'not_standing': 'emergency',
    'other_domain': 'emergency',
    'other_role': 'sync',
    'signed_in': 'emergency',
    'synced': 'emergency',
} %}

with

held as (

    select
        assignments.tenant_id,
        assignments.snapshot_date,
        assignments.principal_id,
        bool_or(assignments.is_privileged and assignments.assignment_kind = 'standing')
            as is_standing,
        bool_and(assignments.role_template_id in {{ synchronisation_roles() }}) as is_sync_alone
    from {{ ref('fct_role_assignment_daily') }} as assignments
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where assignments.principal_type <> 'group'
    group by assignments.tenant_id, assignments.snapshot_date, assignments.principal_id

),

holders as (

    select
        declared.tenant_id,
        declared.snapshot_date,
        held.principal_id,
        declared.declared_role,
        declared.declared_by,
        held.is_standing,
        held.is_sync_alone,
        people.is_synced,
        lower(people.user_principal_name) as sign_in_name,
        count(*) filter (
            where declared.declared_role = 'emergency' and people.is_enabled is distinct from false
        ) over (partition by declared.tenant_id, declared.snapshot_date) as emergency_count
    from {{ ref('int_principals_declared') }} as declared
    inner join held
        on
            declared.tenant_id = held.tenant_id
            and declared.snapshot_date = held.snapshot_date
            and declared.principal_id = lower(held.principal_id)
    inner join {{ ref('int_principals_observed') }} as people
        on
            held.tenant_id = people.tenant_id
            and held.snapshot_date = people.snapshot_date
            and held.principal_id = people.principal_id

),

domains as (

    select
        tenant_id,
        snapshot_date,
        max(domain_name) as domain_name
    from ({{ captured_rows('stg_graph__organization_verified_domains', 'organization') }})
    where is_initial
    group by tenant_id, snapshot_date

),

sign_ins as (

    select
        noted.tenant_id,
        noted.snapshot_date,
        noted.user_id,
        coalesce(
            bool_and(
                noted.last_sign_in_at is null
                or (
                    earlier.last_sign_in_at is not null
                    and noted.last_sign_in_at <= earlier.last_sign_in_at
                )
            ) filter (where earlier.user_id is not null),
            true
        ) as is_unused
    from {{ ref('int_sign_ins_noted') }} as noted
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    left join {{ ref('int_sign_ins_noted') }} as earlier
        on
            noted.tenant_id = earlier.tenant_id
            and noted.user_id = earlier.user_id
            and noted.snapshot_date > earlier.snapshot_date
            and noted.snapshot_date - {{ var('emergency_sign_in_days') }} <= earlier.snapshot_date
    group by noted.tenant_id, noted.snapshot_date, noted.user_id

),

judged as (

    select
        holders.tenant_id,
        holders.snapshot_date,
        holders.principal_id,
        holders.declared_role,
        holders.declared_by,
        holders.emergency_count >= {{ var('least_emergency_accounts') }}
        or (not readings.has_members and null) as alone,
        not holders.is_synced as synced,
        -- Of a pseudonym nobody can tell, and nobody asks.
        holders.sign_in_name not like '%@%'
        or split_part(holders.sign_in_name, '@', -1) = lower(domains.domain_name) as other_domain,
        case when readings.has_standing then holders.is_standing end as not_standing,
        excluded.is_excluded_everywhere as not_excluded,
        case when readings.registration_status in ('ok', 'empty') then users.is_phishing_resistant
        end as not_phishing_resistant,
        sign_ins.is_unused as signed_in,
        holders.is_sync_alone as other_role
    from holders
    inner join {{ ref('int_feed_readings_pivoted') }} as readings using (tenant_id, snapshot_date)
    left join domains using (tenant_id, snapshot_date)
    left join {{ ref('int_users_protected') }} as users
        on
            holders.tenant_id = users.tenant_id
            and holders.snapshot_date = users.snapshot_date
            and holders.principal_id = users.user_id
    left join {{ ref('int_principals_excluded') }} as excluded
        using (tenant_id, snapshot_date, principal_id)
    left join sign_ins
        on
            holders.tenant_id = sign_ins.tenant_id
            and holders.snapshot_date = sign_ins.snapshot_date
            and lower(holders.principal_id) = sign_ins.user_id

),

told as (

    select
        tenant_id,
        snapshot_date,
        principal_id,
        declared_role,
        declared_by,
    {% for answer, condition in [('failed', 'is false'), ('unknown', 'is null')] %}
        nullif(
            array_to_string(
                list_filter(
                    [
                        {% for name, role in checks.items() %}
                            case
                                when declared_role = '{{ role }}' and {{ name }} {{ condition }}
                                    then '{{ name }}'
                            end,
                        {% endfor %}
                    ],
                    lambda name: name is not null
                ),
                ', '
            ),
            ''
        ) as {{ answer }}_checks{{ "," if not loop.last }}
    {% endfor %}
    from judged

)

select
    *,
    case when failed_checks is not null then false when unknown_checks is null then true end
        as is_expected
from told
