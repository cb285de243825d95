-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}
{%- set feeds = {
    'authorization_policy': {
        'prefix': 'authorization',
        'properties': 'authorization_policy_default_user_role_permissions',
        'columns': [
            'allow_invites_from', 'allowed_to_sign_up_email_based_subscriptions',
            'allowed_to_use_sspr', 'allow_email_verified_users_to_join_organization',
            'allow_user_consent_for_risky_apps', 'block_msol_power_shell', 'guest_user_role_id',
        ],
    },
    'authentication_methods_policy': {
        'prefix': 'authentication_methods',
        'properties': 'authentication_methods_policy_leaves',
        'columns': ['policy_version', 'policy_migration_state', 'reconfirmation_in_days'],
    },
    'security_defaults': {'prefix': 'security_defaults', 'columns': ['is_enabled']},
} %}

with

{% for feed in feeds %}
    {{ feed }} as (

        {{ captured_rows('stg_graph__' ~ feed, feed) }}

    ),
{% endfor %}

unioned as (

    {% for feed, settings in feeds.items() %}
        {% if settings.properties %}
            select
                tenant_id,
                snapshot_date,
                '{{ feed }}' as source,
                '{{ settings.prefix }}.' || path as path,
                value,
                collected_at
            from ({{ captured_rows('stg_graph__' ~ settings.properties, feed) }}) as properties
            union all
        {% endif %}
        {% for column in settings.columns %}
            select
                tenant_id,
                snapshot_date,
                '{{ feed }}' as source,
                '{{ settings.prefix ~ '.' ~ column }}' as path,
                cast({{ column }} as varchar) as value,
                collected_at
            from {{ feed }}
            union all
        {% endfor %}
    {% endfor %}
    -- An empty list has no rows, and here it says the most: users may consent to nothing.
    select
        tenant_id,
        snapshot_date,
        'authorization_policy' as source,
        'authorization.defaultUser.permissionGrantPoliciesAssigned' as path,
        '(none)' as value,
        collected_at
    from authorization_policy

),

-- Whom a method is for is one setting, a list of ids; what else is said of each target is not.
settings as (

    select
        tenant_id,
        snapshot_date,
        source,
        {{ snake_case("regexp_replace(
            regexp_replace(path, 'cludeTargets[.].*', 'cludeTargets'), '[^A-Za-z0-9]+', '_', 'g'
        )") }} as setting,
        value,
        collected_at
    from unioned
    where
        value is not null
        and path not like '%@odata.type'
        and (path not like '%cludeTargets.%' or path like '%.id')
        -- A method's own id is in the names of its settings.
        and not regexp_matches(path, '^authentication_methods[.][^.]+[.]id$')

)

select
    tenant_id,
    snapshot_date,
    setting,
    coalesce(
        string_agg(distinct value, ', ' order by value) filter (where value <> '(none)'), '(none)'
    ) as value,
    max(source) as source,
    max(collected_at) as collected_at
from settings
group by tenant_id, snapshot_date, setting
