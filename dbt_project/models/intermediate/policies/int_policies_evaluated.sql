-- One row per policy of the replaced days with what it is for, what narrows it and what it demands.
-- `mfa_reach` is how far it alone brings MFA to whom it applies, were it enabled: `covered`,
-- `conditional` or `none`. `sure_demand` is what it asks of them: `firm` where nobody gets in
-- without MFA, `device` where a managed device will do instead, `weak` where something else will,
-- or `none`; `possible_demand` takes another vendor's control for MFA.
{%- set scopes = [
    'is_all_users', 'excludes_guests', 'is_all_applications', 'is_no_application',
    'is_for_activesync', 'is_for_other_clients', 'uses_platforms', 'uses_locations',
    'uses_sign_in_risk', 'is_for_high_sign_in_risk', 'uses_user_risk', 'is_for_high_user_risk',
] %}

with

sessions as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        bool_or(path = 'signInFrequency.isEnabled' and named_id = 'true') as has_sign_in_frequency
    from {{ ref('int_policy_properties_labelled') }}
    where member = 'session_controls'
    group by tenant_id, snapshot_date, policy_id

),

joined as (

    select
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id,
        policies.policy_name,
        policies.policy_state,
        {% for column in scopes %}
            coalesce(scopes.{{ column }}, false) as {{ column }},
        {% endfor %}
        coalesce(scopes.is_all_clients, true) as is_all_clients,
        not (
            coalesce(scopes.is_by_other_means, false)
            or coalesce(scopes.uses_platforms, false)
            or coalesce(scopes.uses_sign_in_risk, false)
            or coalesce(scopes.uses_user_risk, false)
        )
        and coalesce(scopes.other_condition_count, 0) = 0 as is_united,
        cast(scopes.uses_platforms is true as integer)
        + cast(scopes.uses_locations is true as integer)
        + cast(scopes.uses_sign_in_risk is true as integer)
        + cast(scopes.uses_user_risk is true as integer)
        + coalesce(scopes.other_condition_count, 0) as narrowing_count,
        coalesce(grants.is_block, false) as is_block,
        coalesce(grants.is_whole, false) as is_whole,
        coalesce(grants.has_remediation, false) as has_remediation,
        coalesce(grants.has_strength, false) as has_strength,
        grants.strength_id,
        grants.strength_name,
        coalesce(grants.is_strength_mfa and grants.is_phishing_resistant, false)
            as is_phishing_resistant,
        coalesce(grants.has_compliant_device, false) as has_compliant_device,
        coalesce(grants.device_control_count, 0) as device_control_count,
        coalesce(grants.mfa_control_count, 0) as mfa_control_count,
        coalesce(grants.custom_control_count, 0) as custom_control_count,
        grants.custom_controls,
        coalesce(grants.control_count, 0) as control_count,
        coalesce(sessions.has_sign_in_frequency, false) as has_sign_in_frequency
    from {{ ref('int_policies_captured') }} as policies
    left join {{ ref('int_policy_scopes_pivoted') }} as scopes
        using (tenant_id, snapshot_date, policy_id)
    left join {{ ref('int_policy_terms_pivoted') }} as grants
        using (tenant_id, snapshot_date, policy_id)
    left join sessions using (tenant_id, snapshot_date, policy_id)

),

demanding as (

    select
        *,
        mfa_control_count > 0 and not is_block as offers_mfa,
        not is_block
        and mfa_control_count > 0
        and (is_whole or mfa_control_count = control_count) as requires_mfa,
        has_strength and not is_block and is_whole as requires_strength,
        not is_block
        and device_control_count > 0
        and (is_whole or device_control_count = control_count) as requires_device
    from joined

)

select
    *,
    {% for demand, count in [
        ('sure_demand', 'mfa_control_count'),
        ('possible_demand', '(mfa_control_count + custom_control_count)'),
    ] %}
        case
            when is_block or is_no_application or {{ count }} = 0 then 'none'
            when is_whole or {{ count }} = control_count then 'firm'
            when {{ count }} + device_control_count = control_count then 'device'
            else 'weak'
        end as {{ demand }},
    {% endfor %}
    -- By name: what blocks every client of somewhere is no policy about old ones.
    is_block
    and not is_no_application
    and not is_all_clients
    and (is_for_activesync or is_for_other_clients) as serves_legacy_block,
    case
        when requires_mfa and is_all_applications and is_all_clients and narrowing_count = 0
            then 'covered'
        when offers_mfa and not is_no_application then 'conditional'
        else 'none'
    end as mfa_reach,
    is_block
    and (is_all_clients or (is_for_activesync and is_for_other_clients))
    and is_all_applications
    and narrowing_count = 0 as blocks_legacy_auth
from demanding
