-- Long: each of a person's values has its own reason to be null, and the reasons are columns too.
-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

holders as (

    select
        facts.tenant_id,
        facts.snapshot_date,
        facts.principal_id,
        max(facts.principal_type) as principal_type,
        count(distinct facts.role_template_id) filter (where facts.is_privileged)
            as privileged_role_count,
        count(distinct facts.role_template_id) filter (where facts.is_administrator)
            as administrator_role_count,
        count(distinct facts.role_template_id)
        filter (where facts.is_privileged and facts.assignment_kind = 'standing')
            as standing_privileged_count,
        max(facts.collected_at) as collected_at
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where facts.principal_type <> 'group'
    group by facts.tenant_id, facts.snapshot_date, facts.principal_id

),

described as (

    select
        holders.*,
        holders.principal_type = 'user' as is_user,
        principals.is_guest,
        principals.is_enabled,
        principals.is_synced,
        users.is_mfa_registered,
        users.is_mfa_capable,
        users.is_phishing_resistant,
        users.created_at,
        users.last_sign_in_at,
        coalesce(coverages.mfa_policy_coverage, 'unknown') as mfa_policy_coverage,
        coverages.deciding_policy_id,
        coverages.deciding_policy_name,
        coverages.uncovered_applications,
        coverages.coverage_reason,
        users.risk_level,
        users.risk_state,
        activations.activation_requires_mfa,
        readings.activation_status,
        switches.per_user_mfa_state,
        case
            when readings.per_user_mfa_status not in ('ok', 'empty')
                then readings.per_user_mfa_status
            when switches.per_user_mfa_state is null then 'not_asked'
            else 'ok'
        end as per_user_mfa_status,
        checked.declared_role,
        checked.is_expected,
        checked.failed_checks,
        checked.unknown_checks,
        readings.has_standing,
        readings.users_status,
        -- One that the list of users lacks is no enabled user.
        readings.users_status in ('ok', 'empty') and users.is_listed is not true as is_missing,
        readings.sign_in_status in ('ok', 'empty') as has_sign_ins,
        -- Reasons why a value of this very person is null though the feed was read.
        case
            when readings.registration_status in ('ok', 'empty') and users.is_reported then 'ok'
            when readings.registration_status in ('ok', 'empty') then 'not_reported'
            else readings.registration_status
        end as registration_status,
        case
            when readings.users_status not in ('ok', 'empty') then readings.users_status
            when users.last_sign_in_at is not null then 'ok'
            when users.is_listed is not true then 'not_reported'
            else readings.sign_in_status
        end as sign_in_status,
        case when readings.risk_status = 'empty' then 'ok' else readings.risk_status end
            as risk_status
    from holders
    inner join {{ ref('int_principals_observed') }} as principals
        using (tenant_id, snapshot_date, principal_id)
    inner join {{ ref('int_feed_readings_pivoted') }} as readings using (tenant_id, snapshot_date)
    left join {{ ref('int_users_protected') }} as users
        on
            holders.tenant_id = users.tenant_id
            and holders.snapshot_date = users.snapshot_date
            and holders.principal_id = users.user_id
    left join {{ ref('int_mfa_coverages_decided') }} as coverages
        using (tenant_id, snapshot_date, principal_id)
    left join {{ ref('int_activations_judged') }} as activations
        using (tenant_id, snapshot_date, principal_id)
    left join {{ ref('int_principals_checked') }} as checked
        using (tenant_id, snapshot_date, principal_id)
    left join {{ ref('int_per_user_mfa_read') }} as switches
        using (tenant_id, snapshot_date, principal_id)

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    principal_type,
    privileged_role_count,
    administrator_role_count,
    case when has_standing then standing_privileged_count end as standing_privileged_count,
    declared_role,
    is_expected,
    failed_checks,
    unknown_checks,
    is_guest,
    is_enabled,
    is_synced,
    case when registration_status = 'ok' then is_mfa_registered end as is_mfa_registered,
    case when registration_status = 'ok' then is_mfa_capable end as is_mfa_capable,
    case when registration_status = 'ok' then is_phishing_resistant end as is_phishing_resistant,
    case when is_user then registration_status end as registration_status,
    case when is_user then mfa_policy_coverage end as mfa_policy_coverage,
    case when is_user then deciding_policy_id end as deciding_policy_id,
    case when is_user then deciding_policy_name end as deciding_policy_name,
    case when is_user then uncovered_applications end as uncovered_applications,
    case when is_user then coverage_reason end as coverage_reason,
    case when is_user and activation_status in ('ok', 'empty') then activation_requires_mfa end
        as activation_requires_mfa,
    case when is_user then activation_status end as activation_status,
    case when is_user and per_user_mfa_status = 'ok' then per_user_mfa_state end
        as per_user_mfa_state,
    case when is_user then per_user_mfa_status end as per_user_mfa_status,
    case
        when not is_user then null
        when administrator_role_count = 0 then false
        when not is_enabled or mfa_policy_coverage in ('covered', 'covered_except', 'conditional')
            then false
        when activation_requires_mfa and activation_status = 'ok' then false
        when declared_role = 'emergency' and is_expected then false
        when mfa_policy_coverage = 'unknown' then null
        when is_enabled is null then case when is_missing then false end
        when declared_role = 'emergency' then not is_expected
        else true
    end as is_unprotected,
    case when sign_in_status = 'ok' then last_sign_in_at end as last_sign_in_at,
    case
        when sign_in_status = 'ok'
            then date_diff('day', cast(last_sign_in_at as date), snapshot_date)
    end as days_since_sign_in_count,
    case when is_user then sign_in_status end as sign_in_status,
    case
        when not is_user then null
        -- Neither is one that the list of users lacks: it was deleted.
        when not is_enabled or (is_missing and has_sign_ins) then false
        -- Who never signed in counts from the account's making; one that tells none is very old.
        when sign_in_status = 'ok'
            then
                is_enabled
                and coalesce(
                    cast(coalesce(last_sign_in_at, created_at) as date)
                    <= snapshot_date - {{ var('stale_sign_in_days') }},
                    true
                )
    end as is_stale,
    case when is_user and risk_status = 'ok' then coalesce(risk_level, 'none') end as risk_level,
    case when is_user and risk_status = 'ok' then coalesce(risk_state, 'none') end as risk_state,
    case when is_user then risk_status end as risk_status,
    collected_at
from described
