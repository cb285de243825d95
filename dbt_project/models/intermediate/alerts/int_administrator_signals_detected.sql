-- The days on which an administrator deserves an alert: no policy makes them use MFA, Identity
-- Protection sees a risk, or who is declared is not as declared. One row a tenant, kind,
-- administrator and day.
with

administrators as (

    select
        people.tenant_id,
        people.snapshot_date,
        people.principal_id,
        {{ shown_name('names', 'people.principal_id') }} as subject_name,
        people.is_unprotected and traits.finding is null as is_unprotected,
        people.declared_role,
        not people.is_expected as is_check_failed,
        {{ check_words('people.failed_checks') }} as check_words,
        people.privileged_role_count > 0 as is_privileged,
        people.mfa_policy_coverage,
        people.deciding_policy_name,
        people.risk_level,
        people.risk_level in ('medium', 'high')
        and people.risk_state in ('at_risk', 'confirmed_compromised') as is_at_risk
    from {{ ref('fct_principal_posture_daily') }} as people
    left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
    left join {{ ref('declared_role_traits') }} as traits
        on
            people.declared_role = traits.declared_role
            and traits.finding = 'unprotected'
    where people.is_unprotected or people.risk_level in ('medium', 'high') or not people.is_expected

)

select
    tenant_id,
    'administrator_unprotected' as alert_kind,
    'protection' as basis,
    principal_id as subject_id,
    subject_name,
    snapshot_date as seen_date,
    'high' as severity,
    'No policy makes this administrator use MFA: ' || replace(mfa_policy_coverage, '_', ' ')
    || coalesce(' by ' || deciding_policy_name, '') || '.' as cause
from administrators
where is_unprotected

union all

select
    tenant_id,
    'administrator_at_risk' as alert_kind,
    'risk' as basis,
    principal_id as subject_id,
    subject_name,
    snapshot_date as seen_date,
    'high' as severity,
    'Identity Protection sees ' || risk_level || ' risk.' as cause
from administrators
where
    is_privileged
    and is_at_risk

union all

select
    tenant_id,
    'declared_check_failed' as alert_kind,
    'role' as basis,
    principal_id as subject_id,
    subject_name,
    snapshot_date as seen_date,
    'high' as severity,
    'Declared for ' || declared_role || ', but ' || check_words || '.' as cause
from administrators
where is_check_failed
