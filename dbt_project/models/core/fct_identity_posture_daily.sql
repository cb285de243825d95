-- Long: the public columns come from many models, and most are null where their own feeds were
-- not read; split, a column and its condition would stand in two files.
{{
    config(
        materialized='incremental',
        replace_days='int_tenant_days_to_rebuild',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

{%- set registration_counts = [
    'mfa_user_count', 'mfa_registered_count', 'mfa_registered_unknown_count', 'mfa_capable_count',
    'mfa_capable_unknown_count', 'guest_mfa_user_count', 'guest_mfa_registered_count',
    'guest_mfa_registered_unknown_count',
] %}

with

days as (

    select * from {{ ref('int_tenant_days_to_rebuild') }}

),

statuses as (

    select
        tenant_id,
        snapshot_date,
    {% for feed_group in [
        'score', 'role', 'pim', 'registration', 'policy', 'risk', 'application', 'recommendation',
    ] %}
        max(status) filter (where feed_group = '{{ feed_group }}')
            as {{ feed_group }}_status{{ "," if not loop.last }}
    {% endfor %}
    from {{ ref('int_group_statuses') }}
    group by tenant_id, snapshot_date

),

joined as (

    select
        days.tenant_id,
        days.snapshot_date,
        scores.score_date,
        date_diff('day', scores.score_date, days.snapshot_date) as score_age_days,
        scores.score_points,
        scores.max_points,
        scores.score_ratio,
        scores.identity_secure_score_ratio,
        scores.identity_category_ratio,
        scores.entra_service_ratio,
        scores.entra_identity_secure_score_date,
        scores.entra_identity_secure_score_ratio,
        {{ ratio('potentials.licensed_points', 'potentials.licensed_max_points') }}
            as licensed_ratio,
        {{ ratio_after(
            'scores.score_ratio', 'potentials.open_points', 'potentials.missing_points'
        ) }} as reachable_ratio,
        potentials.unknown_count,
        statuses.score_status,
        statuses.role_status,
        statuses.pim_status,
        statuses.registration_status,
        statuses.policy_status,
        statuses.risk_status,
        statuses.application_status,
        statuses.recommendation_status,
        readings.has_roles,
        readings.has_standing,
        readings.has_activated,
        readings.has_eligible,
        privileges.privileged_count,
        privileges.standing_count,
        privileges.eligible_count,
        privileges.activated_count,
        privileges.guest_count,
        privileges.service_principal_count,
        privileges.partner_count,
        privileges.global_administrator_count,
        privileges.stale_count,
        privileges.unprotected_count,
        privileges.undecided_count,
        privileges.mfa_covered_ratio,
        flags.is_mfa_required_for_all,
        flags.is_legacy_auth_blocked,
        flags.has_sign_in_risk_policy,
        flags.has_user_risk_policy,
        privileges.has_unread_group,
        privileges.has_unread_administrators,
        privileges.tenant_id is not null as has_assignments,
        readings.sign_in_status,
        readings.registration_status in ('ok', 'empty') as has_registrations,
    {% for column in registration_counts %}
        registrations.{{ column }}{{ "," if not loop.last }}
    {% endfor %}
    from days
    inner join {{ ref('int_newest_scores') }} as scores using (tenant_id, snapshot_date)
    inner join statuses using (tenant_id, snapshot_date)
    left join {{ ref('fct_tenant_daily') }} as tenants using (tenant_id, snapshot_date)
    left join {{ ref('int_security_defaults_offered') }} as offered
        using (tenant_id, snapshot_date)
    left join {{ ref('int_licence_potentials') }} as potentials
        on
            scores.tenant_id = potentials.tenant_id
            and scores.score_date = potentials.score_date
            and tenants.licence_tier is not distinct from potentials.tenant_tier
            and (offered.tenant_id is not null) = potentials.are_defaults_offered
    left join {{ ref('int_feed_readings_pivoted') }} as readings using (tenant_id, snapshot_date)
    left join {{ ref('int_privilege_counts') }} as privileges using (tenant_id, snapshot_date)
    left join {{ ref('int_registrations_counted') }} as registrations
        using (tenant_id, snapshot_date)
    left join {{ ref('int_policy_flags_pivoted') }} as flags using (tenant_id, snapshot_date)

)

select
    tenant_id,
    snapshot_date,
    score_date,
    score_age_days,
    score_points,
    max_points,
    score_ratio,
    identity_secure_score_ratio,
    identity_category_ratio,
    entra_service_ratio,
    entra_identity_secure_score_date,
    entra_identity_secure_score_ratio,
    case when unknown_count = 0 then licensed_ratio end as current_licence_ratio,
    case when unknown_count = 0 then reachable_ratio end as achievable_ratio,
    score_status,
    case when has_roles then coalesce(privileged_count, 0) end as privileged_count,
    case when has_standing then coalesce(standing_count, 0) end as standing_count,
    case when has_eligible then coalesce(eligible_count, 0) end as eligible_count,
    case when has_activated then coalesce(activated_count, 0) end as activated_count,
    case
        when has_roles and has_assignments then guest_count
        when has_roles then 0
    end as guest_count,
    case when has_roles then coalesce(service_principal_count, 0) end as service_principal_count,
    case when has_roles then coalesce(partner_count, 0) end as partner_count,
    case when has_roles then coalesce(global_administrator_count, 0) end
        as global_administrator_count,
    case
        when has_roles and sign_in_status in ('ok', 'empty') and has_assignments then stale_count
        when has_roles and sign_in_status in ('ok', 'empty') then 0
    end as stale_count,
    case
        when has_roles and policy_status in ('ok', 'empty') and coalesce(undecided_count, 0) = 0
            then coalesce(unprotected_count, 0)
    end as unprotected_count,
    {% for column in registration_counts %}
        case when has_registrations then coalesce({{ column }}, 0) end as {{ column }},
    {% endfor %}
    case
        when has_registrations
            then {{ ratio(
                'mfa_registered_count', '(mfa_user_count - mfa_registered_unknown_count)'
            ) }}
    end as mfa_registered_ratio,
    case when has_roles and policy_status in ('ok', 'empty') then mfa_covered_ratio end
        as mfa_covered_ratio,
    is_mfa_required_for_all,
    is_legacy_auth_blocked,
    has_sign_in_risk_policy,
    has_user_risk_policy,
    case when has_roles and has_unread_group then 'partial' else role_status end as role_status,
    pim_status,
    registration_status,
    coalesce(sign_in_status, 'not_collected') as sign_in_status,
    policy_status,
    case
        when not has_roles then role_status
        when
            policy_status in ('ok', 'empty')
            and (undecided_count > 0 or has_unread_administrators)
            then 'partial'
        else policy_status
    end as coverage_status,
    risk_status,
    application_status,
    recommendation_status
from joined
