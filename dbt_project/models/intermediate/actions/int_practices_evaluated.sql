-- The six practices on each tenant's newest day, as its configuration tells.
with

policies as (

    select
        judged.tenant_id,
        judged.snapshot_date,
        case judged.requirement
            when 'sign_in_risk' then 'sign_in_risk_policy'
            when 'user_risk' then 'user_risk_policy'
            else judged.requirement
        end as practice,
        judged.verdict as status,
        judged.deciding_policy_id,
        judged.excluded_count as affected_count,
        judged.reason as evidence
    from {{ ref('int_tenant_policies_evaluated') }} as judged
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    where
        judged.requirement in (
            'mfa_all_users', 'block_legacy_authentication', 'sign_in_risk', 'user_risk'
        )

),

practices as (

    select
        tenant_id,
        snapshot_date,
        practice,
        status,
        deciding_policy_id,
        affected_count,
        evidence
    from policies

    union all

    select
        tenant_id,
        snapshot_date,
        'mfa_admins' as practice,
        status,
        deciding_policy_id,
        uncovered_count as affected_count,
        evidence
    from {{ ref('int_administrator_mfa_evaluated') }}

    union all

    select
        tenant_id,
        snapshot_date,
        'review_role_assignments' as practice,
        status,
        cast(null as varchar) as deciding_policy_id,
        standing_user_count as affected_count,
        evidence
    from {{ ref('int_role_reviews_evaluated') }}

)

select
    practices.tenant_id,
    practices.snapshot_date,
    practices.practice,
    tenants.segment,
    tenants.licence_tier,
    case
        when
            practices.practice in ('sign_in_risk_policy', 'user_risk_policy')
            and tenants.licence_tier <> 'p2'
            then 'not_licensed'
        else practices.status
    end as status,
    practices.deciding_policy_id,
    practices.affected_count,
    practices.evidence
from practices
inner join {{ ref('fct_tenant_daily') }} as tenants using (tenant_id, snapshot_date)
