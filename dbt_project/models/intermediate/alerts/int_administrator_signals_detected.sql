-- The days on which an administrator deserves an alert: no policy makes them use MFA, or Identity
-- Protection sees a risk. One row a tenant, kind, administrator and day.
with

administrators as (

    select
        people.tenant_id,
        people.snapshot_date,
        people.principal_id,
        {{ shown_name('names', 'people.principal_id') }} as subject_name,
        people.is_unprotected,
        people.mfa_policy_coverage,
        people.deciding_policy_name,
        people.risk_level,
        people.risk_level in ('medium', 'high')
        and people.risk_state in ('at_risk', 'confirmed_compromised') as is_at_risk
    from {{ ref('fct_principal_posture_daily') }} as people
    left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
    where
        people.privileged_role_count > 0
        and (people.is_unprotected or people.risk_level in ('medium', 'high'))

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
where is_at_risk
