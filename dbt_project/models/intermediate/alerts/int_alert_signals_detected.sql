-- Long: every kind of alert is one part of a union, and each names all columns.
-- Every day on which something that deserves an alert was seen: one row a tenant, kind, subject
-- and day. `basis` names what has to be read on a day to see it, or to see that it is over.
with

first_enforced as (

    select
        tenant_id,
        policy_id,
        min(snapshot_date) as first_date
    from {{ ref('fct_policy_daily') }}
    where policy_state = 'enabled'
    group by tenant_id, policy_id

),

-- Emergency accounts among Global Administrators of which nothing is known to be wrong.
spared as (

    select
        people.tenant_id,
        people.snapshot_date,
        count(distinct people.principal_id) as account_count
    from {{ ref('fct_principal_posture_daily') }} as people
    inner join {{ ref('fct_role_assignment_daily') }} as assignments
        using (tenant_id, snapshot_date, principal_id)
    where
        people.declared_role = 'emergency'
        and people.is_expected is distinct from false
        and assignments.role_template_id = {{ global_administrator() }}
        and assignments.is_privileged
    group by people.tenant_id, people.snapshot_date

),

-- Few, so that the whole log is met once more and never sorted.
failures as (

    select distinct
        tenant_id,
        feed,
        extract_date
    from {{ ref('fct_collection') }}
    where
        outcome not in ('ok', 'empty', 'not_licensed', 'not_in_cloud', 'not_for_this_date')

)

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
    || case when drops.is_mostly_microsoft then ', mostly by a change of Microsoft''s' else '' end
    || ': ' || drops.causes || '.' as cause
from {{ ref('int_score_drops') }} as drops
-- One fall is one alert: over when the score is back, and after some days in any case.
inner join {{ ref('fct_tenant_score_daily') }} as scores
    on
        drops.tenant_id = scores.tenant_id
        and scores.scope = 'overall'
where
    scores.score_date >= drops.score_date
    and scores.score_date < least(
        drops.recovered_date, drops.score_date + {{ var('alert_drop_days') }}
    )
    and scores.score_ratio is not null

union all

select * from {{ ref('int_administrator_signals_detected') }}

union all

select * from {{ ref('int_partner_signals_detected') }}

union all

select
    posture.tenant_id,
    'too_many_global_administrators' as alert_kind,
    'role' as basis,
    'global_administrator' as subject_id,
    'Global Administrator' as subject_name,
    posture.snapshot_date as seen_date,
    'medium' as severity,
    posture.global_administrator_count - coalesce(spared.account_count, 0)
    || ' hold the role' || case when spared.account_count > 0
            then
                ' beside declared emergency accounts'
        else ''
    end
    || '; at most {{ var("most_global_administrators") }} should.' as cause
from {{ ref('fct_identity_posture_daily') }} as posture
left join spared using (tenant_id, snapshot_date)
where
    posture.global_administrator_count - coalesce(spared.account_count, 0)
    > {{ var('most_global_administrators') }}

union all

select
    policies.tenant_id,
    'policy_switched_off' as alert_kind,
    'policy' as basis,
    policies.policy_id as subject_id,
    coalesce(policies.policy_name, policies.policy_id) as subject_name,
    policies.snapshot_date as seen_date,
    'high' as severity,
    'Was enforced before and is ' || replace(policies.policy_state, '_', ' ') || '.' as cause
from {{ ref('fct_policy_daily') }} as policies
inner join first_enforced
    on
        policies.tenant_id = first_enforced.tenant_id
        and policies.policy_id = first_enforced.policy_id
        and policies.snapshot_date > first_enforced.first_date
where policies.policy_state <> 'enabled'

union all

select
    collection.tenant_id,
    'feed_failing' as alert_kind,
    'feed' as basis,
    collection.feed as subject_id,
    collection.feed as subject_name,
    collection.extract_date as seen_date,
    'medium' as severity,
    'Could not be read: ' || arg_max(collection.outcome, collection.run_id) || '.' as cause
from {{ ref('fct_collection') }} as collection
inner join failures using (tenant_id, feed, extract_date)
where collection.outcome <> 'not_for_this_date'
group by collection.tenant_id, collection.feed, collection.extract_date
having bool_and(collection.outcome not in ('ok', 'empty', 'not_licensed', 'not_in_cloud'))

union all

select
    tenant_id,
    'credential_expired' as alert_kind,
    -- What is held on behalf of users alone can be refused on a later day, and is not over then.
    case when bool_or(is_application_permission) then 'application' else 'delegation' end as basis,
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
