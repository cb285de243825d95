-- The users behind the controls that count users. `is_behind_gap` is null where what decides was
-- not read.
with

administrators as (

    select * from {{ ref('int_administrators_described') }}

),

holders as (

    select
        people.*,
        {{ shown_name('names', 'people.principal_id') }} as shown_name
    from {{ ref('fct_principal_posture_daily') }} as people
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
    where people.principal_type = 'user'

)

select
    tenant_id,
    snapshot_date,
    'administrator_mfa' as topic,
    principal_id as evidence_id,
    shown_name as evidence_name,
    case
        when
            mfa_policy_coverage not in ('covered', 'covered_except', 'unknown')
            or not is_mfa_registered
            then true
        when mfa_policy_coverage in ('covered', 'covered_except') and is_mfa_registered then false
    end as is_behind_gap,
    case
        when is_mfa_registered then 'Registered for MFA'
        when is_mfa_registered is null then 'Whether registered for MFA is not known'
        else 'Not registered for MFA'
    end || '; ' || replace(mfa_policy_coverage, '_', ' ')
    || coalesce(' ' || uncovered_applications, '')
    || coalesce(' (' || rtrim(coverage_reason, '.') || ')', '')
    || coalesce(' by ' || deciding_policy_name, '') || '; holds ' || role_names || '.' as detail
from administrators

union all

select
    tenant_id,
    snapshot_date,
    'phishing_resistance' as topic,
    principal_id as evidence_id,
    shown_name as evidence_name,
    not is_phishing_resistant as is_behind_gap,
    case
        when is_phishing_resistant then 'Has a phishing-resistant method'
        when is_phishing_resistant is null then 'Registered methods are not known'
        else 'No phishing-resistant method'
    end || '; holds ' || role_names || '.' as detail
from administrators

union all

select
    tenant_id,
    snapshot_date,
    'synced_administrator' as topic,
    principal_id as evidence_id,
    shown_name as evidence_name,
    coalesce(is_synced, false) as is_behind_gap,
    case when is_synced then 'Synchronised from on-premises' else 'Cloud only' end
    || '; holds ' || role_names || '.' as detail
from administrators

union all

-- Of everyone else only numbers are kept.
select
    tenant_id,
    snapshot_date,
    'registration' as topic,
    principal_id as evidence_id,
    shown_name as evidence_name,
    true as is_behind_gap,
    'Not registered for MFA.' as detail
from holders
where not is_mfa_registered

union all

select
    leaks.tenant_id,
    leaks.snapshot_date,
    'leaked_credentials' as topic,
    leaks.user_id as evidence_id,
    {{ shown_name('names', 'leaks.user_id') }} as evidence_name,
    leaks.is_at_risk as is_behind_gap,
    'Credentials found leaked on ' || strftime(leaks.detected_at, '%Y-%m-%d')
    || case when leaks.is_at_risk then '; still at risk.' else '; settled.' end as detail
from {{ ref('int_leaked_credentials') }} as leaks
inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
left join {{ ref('dim_principal') }} as names
    on
        leaks.tenant_id = names.tenant_id
        and leaks.user_id = names.principal_id
