-- The settings of each method, of the registration campaign and of system preference, one row per
-- scalar in them.
{% for member, path in {
    'authentication_method_configurations': 'path',
    'registration_enforcement':
        "replace(path, 'authenticationMethodsRegistrationCampaign', 'registrationCampaign')",
    'system_credential_preferences': "'systemPreferred.' || path",
}.items() %}
    select
        run_id,
        tenant_id,
        record_index,
        {{ path }} as path,
        value
    from {{ source('graph', 'authentication_methods_policy_' ~ member) }}
    {{ "union all" if not loop.last }}
{% endfor %}
