-- One row per requirement that a policy of the replaced days serves, or would serve once enabled.
-- It serves it whole (`is_whole`) where it is for all users and applications and nothing but the
-- requirement's own condition narrows it. `administrators` stand apart: theirs are whole for whom
-- they reach.
{%- set requirements = {
    'sign_in_risk': {
        'serves': 'policies.uses_sign_in_risk and policies.control_count > 0',
        'whole': 'policies.is_for_high_sign_in_risk and policies.narrowing_count = 1'
            ' and policies.is_all_clients and policies.is_firm',
    },
    'user_risk': {
        'serves': 'policies.uses_user_risk and policies.control_count > 0',
        'whole': 'policies.is_for_high_user_risk and policies.narrowing_count = 1'
            ' and policies.is_all_clients and policies.is_firm',
    },
    'compliant_device': {
        'serves': 'policies.device_control_count > 0 and not policies.is_block',
        'whole': 'policies.requires_device and policies.narrowing_count = 0'
            ' and policies.is_all_clients',
        'spares_guests': true,
    },
    'trusted_locations': {
        'serves': 'policies.uses_locations and policies.control_count > 0',
        'whole': 'policies.narrowing_count = 1 and policies.is_all_clients and policies.is_firm',
    },
    'phishing_resistant_administrators': {
        'serves': 'policies.is_phishing_resistant and policies.requires_mfa',
        'whole': "policies.mfa_reach = 'covered'",
        'administrators': true,
    },
    'sign_in_frequency_administrators': {
        'serves': 'policies.has_sign_in_frequency',
        'whole': 'policies.narrowing_count = 0 and policies.is_all_clients',
        'administrators': true,
    },
} %}

with

policies as (

    select
        *,
        -- Whatever it asks for cannot be had in another way.
        is_block or is_whole or requires_mfa or requires_device as is_firm
    from {{ ref('int_policies_evaluated') }}
    where policy_state in ('enabled', 'report_only')

)

{% for requirement, rule in requirements.items() %}
    select
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id,
        policies.policy_name,
        policies.policy_state,
        '{{ requirement }}' as requirement,
        {{ 'true' if rule.administrators else 'false' }} as is_for_administrators,
        policies.is_all_users,
        policies.excludes_guests
        {% if rule.spares_guests or rule.administrators %} and false {% endif %}
            as leaves_guests_out,
        policies.is_all_applications and ({{ rule.whole }}) as is_whole
    from policies
    where {{ rule.serves }}
    {{ "union all" if not loop.last }}
{% endfor %}
