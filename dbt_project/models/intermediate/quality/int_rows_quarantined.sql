-- Long: every feed is named with the key of its rows.
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        alias='quarantine',
    )
}}

{%- set single_keys = {
    'secure_scores': 'record_id',
    'secure_score_control_profiles': 'control_id',
    'role_definitions': 'role_definition_id',
    'role_assignments': 'role_assignment_id',
    'role_assignment_schedule_instances': 'schedule_instance_id',
    'role_eligibility_schedule_instances': 'schedule_instance_id',
    'group_assignment_schedule_instances': 'schedule_instance_id',
    'group_eligibility_schedule_instances': 'schedule_instance_id',
    'group_members': 'principal_id',
    'users': 'user_id',
    'service_principals': 'service_principal_id',
    'user_registration_details': 'user_id',
    'risky_users': 'user_id',
    'organization': 'organization_id',
    'subscribed_skus': 'sku_id',
    'application_permissions': 'app_role_assignment_id',
    'risk_detections': 'user_id',
    'recommendations': 'recommendation_type',
    'recommendation_tenant_scores': 'score_date',
    'conditional_access_policies': 'policy_id',
    'security_defaults': 'policy_id',
    'groups': 'group_id',
    'directory_audits': 'audit_id',
    'role_management_policies': 'role_policy_id',
    'per_user_mfa': 'user_id',
    'conditional_access_plans': 'plan_id',
} %}

-- Rows that break a key or range rule, kept out of every fact. `breaks_feed` tells those that
-- turn the feed's status into bad_response; a second copy of a good row does not, nor does a record
-- that names no tenant: it may be another's, and says nothing of the others.
with

captures as (

    select
        run_id,
        tenant_id,
        feed,
        extract_date
    from {{ ref('int_captures_new') }}
    where outcome in ('ok', 'empty')

),

broken as (

    {% for feed, row_key in single_keys.items() %}
        select
            run_id,
            tenant_id,
            '{{ feed }}' as feed,
            {% if feed == 'secure_scores' -%}
                nullif(concat_ws(' of ', record_id, cast(score_date as varchar)), '') as row_key,
            {%- else -%}
                cast({{ row_key }} as varchar) as row_key,
            {%- endif %}
            quarantine_reason as reason,
            quarantine_reason <> {{ of_nobody() }} as breaks_feed
        from {{ ref('stg_graph__' ~ feed) }}
        where quarantine_reason is not null

        union all

    {% endfor %}
    select
        run_id,
        tenant_id,
        'secure_scores' as feed,
        record_id || ' ' || coalesce(control_id, '') as row_key,
        quarantine_reason as reason,
        true as breaks_feed
    from {{ ref('stg_graph__secure_scores_control_scores') }}
    where quarantine_reason is not null

    union all

    -- What others reach on average says nothing of this tenant's own score.
    select
        run_id,
        tenant_id,
        'secure_scores' as feed,
        'average of ' || coalesce(basis, 'nobody') as row_key,
        quarantine_reason as reason,
        false as breaks_feed
    from {{ ref('stg_graph__secure_scores_average_comparative_scores') }}
    where quarantine_reason is not null

    union all

    select
        run_id,
        tenant_id,
        'application_permissions' as feed,
        grant_id as row_key,
        quarantine_reason as reason,
        true as breaks_feed
    from {{ ref('stg_graph__application_permissions_grants') }}
    where quarantine_reason is not null

    union all

    select
        run_id,
        tenant_id,
        'secure_scores' as feed,
        record_id || ' ' || control_id as row_key,
        'control named twice in one record' as reason,
        false as breaks_feed
    from {{ ref('int_control_scores_valid') }}
    where copy_number > 1

)

select
    captures.run_id,
    captures.tenant_id,
    captures.feed,
    captures.extract_date,
    broken.row_key,
    broken.reason,
    broken.breaks_feed
from broken
inner join captures using (run_id, tenant_id, feed)
