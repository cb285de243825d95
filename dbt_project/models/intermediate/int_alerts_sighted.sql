-- Every day on which something that deserves an alert was seen: one row a tenant, kind, subject
-- and day. `basis` names what has to be read on a day to see it, or to see that it is over.
with

drops as (

    select
        drops.tenant_id,
        'score_dropped' as alert_kind,
        'score' as basis,
        strftime(drops.score_date, '%Y-%m-%d') as subject_id,
        'Secure Score' as subject_name,
        scores.score_date as seen_date,
        case
            when drops.is_mostly_microsoft then 'low'
            when drops.drop_ratio >= 2 * {{ var('alert_drop_ratio') }} then 'high'
            else 'medium'
        end as severity,
        'Fell by ' || printf('%.1f', 100 * drops.drop_ratio) || ' points of a hundred'
        || case
            when drops.is_mostly_microsoft then ', mostly by a change of Microsoft''s' else ''
        end
        || ': ' || drops.causes || '.' as cause
    from {{ ref('int_score_drops') }} as drops
    -- over when the score is back, or after a week
    inner join {{ ref('fct_tenant_score_daily') }} as scores
        on
            drops.tenant_id = scores.tenant_id
            and scores.scope = 'overall'
            and scores.score_date between drops.score_date and drops.score_date + 6
            and scores.score_ratio < drops.previous_ratio - 1e-9

),

administrators as (

    select
        people.*,
        {{ shown_name('names', 'people.principal_id') }} as subject_name
    from {{ ref('fct_principal_posture_daily') }} as people
    left join {{ ref('dim_principal') }} as names
        on
            people.tenant_id = names.tenant_id
            and people.principal_id = names.principal_id
    where
        people.privileged_role_count > 0
        and (people.is_unprotected or people.risk_level in ('medium', 'high'))

),

unprotected as (

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

),

at_risk as (

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
        risk_level in ('medium', 'high')
        and risk_state in ('at_risk', 'confirmed_compromised')

),

global_administrators as (

    select
        tenant_id,
        'too_many_global_administrators' as alert_kind,
        'role' as basis,
        'global_administrator' as subject_id,
        'Global Administrator' as subject_name,
        snapshot_date as seen_date,
        'medium' as severity,
        global_administrator_count
        || ' hold the role; at most {{ var("most_global_administrators") }} should.' as cause
    from {{ ref('fct_identity_posture_daily') }}
    where global_administrator_count > {{ var('most_global_administrators') }}

),

policies as (

    select
        *,
        min(snapshot_date) filter (where policy_state = 'enabled') over (
            partition by tenant_id, policy_id
        ) as first_enabled_date
    from {{ ref('fct_policy_daily') }}

),

switched_off as (

    select
        tenant_id,
        'policy_switched_off' as alert_kind,
        'policy' as basis,
        policy_id as subject_id,
        coalesce(policy_name, policy_id) as subject_name,
        snapshot_date as seen_date,
        'high' as severity,
        'Was enforced before and is ' || replace(policy_state, '_', ' ') || '.' as cause
    from policies
    where
        policy_state <> 'enabled'
        and first_enabled_date < snapshot_date

),

failing_feeds as (

    select
        tenant_id,
        'feed_failing' as alert_kind,
        'feed' as basis,
        feed as subject_id,
        feed as subject_name,
        extract_date as seen_date,
        'medium' as severity,
        'Could not be read: ' || arg_max(outcome, run_id) || '.' as cause
    from {{ ref('fct_collection') }}
    where outcome <> 'not_for_this_date'
    group by tenant_id, feed, extract_date
    having bool_and(
            outcome not in ('ok', 'empty', 'not_licensed', 'not_in_cloud', 'not_for_this_date')
        )

),

expired_credentials as (

    select
        tenant_id,
        'credential_expired' as alert_kind,
        'application' as basis,
        service_principal_id as subject_id,
        coalesce(any_value(service_principal_name), service_principal_id) as subject_name,
        snapshot_date as seen_date,
        'low' as severity,
        'The last credential of this highly privileged application expired on '
        || strftime(max(credential_expires_at), '%Y-%m-%d') || '.' as cause
    from {{ ref('fct_application_privilege_daily') }}
    where
        is_high_privilege
        and credential_expires_at < cast(snapshot_date as timestamp)
    group by tenant_id, service_principal_id, snapshot_date

)

select * from drops
union all
select * from unprotected
union all
select * from at_risk
union all
select * from global_administrators
union all
select * from switched_off
union all
select * from failing_feeds
union all
select * from expired_credentials
