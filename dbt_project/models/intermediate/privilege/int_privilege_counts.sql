-- Distinct holders of privileged roles on the changed days. A group holds nothing itself: where
-- its members could not be read it only marks the day as partial.
with

assignments as (

    select
        facts.*,
        facts.is_privileged and facts.principal_type <> 'group' as is_holder
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join {{ ref('int_tenant_days_to_rebuild') }} using (tenant_id, snapshot_date)

),

counted as (

    select
        tenant_id,
        snapshot_date,
        count(distinct principal_id) filter (where is_holder) as privileged_count,
        count(distinct principal_id) filter (where is_holder and assignment_kind = 'standing')
            as standing_count,
        count(distinct principal_id) filter (where is_holder and assignment_kind = 'eligible')
            as eligible_count,
        count(distinct principal_id) filter (where is_holder and assignment_kind = 'activated')
            as activated_count,
        count(distinct principal_id) filter (
            where is_holder and principal_type = 'service_principal'
        ) as service_principal_count,
        count(distinct principal_id) filter (where is_holder and principal_type = 'partner')
            as partner_count,
        count(distinct principal_id) filter (
            where is_holder and role_template_id = {{ global_administrator() }}
        ) as global_administrator_count,
        -- Only a user can be a guest; one whose user type was not read leaves the count unknown.
        case
            when
                count(*)
                filter (where is_holder and principal_type = 'user' and is_guest is null) = 0
                then count(distinct principal_id) filter (where is_holder and is_guest)
        end as guest_count,
        bool_or(is_privileged and principal_type = 'group') as has_unread_group,
        bool_or(is_administrator and principal_type = 'group') as has_unread_administrators
    from assignments
    group by tenant_id, snapshot_date

),

-- Nobody signs in to an emergency account; one that is not in order is stale like any other.
people as (

    select
        facts.*,
        facts.privileged_role_count > 0 as is_privileged,
        is_privileged and facts.principal_type = 'user' as is_privileged_user,
        case
            when coalesce(facts.declared_role <> 'emergency', true) or not facts.is_stale
                then facts.is_stale
            when facts.is_expected then false
            when not facts.is_expected then facts.is_stale
        end as is_found_stale
    from {{ ref('fct_principal_posture_daily') }} as facts
    inner join {{ ref('int_tenant_days_to_rebuild') }} using (tenant_id, snapshot_date)

),

holders as (

    select
        facts.tenant_id,
        facts.snapshot_date,
        case
            when
                count(*)
                filter (where facts.is_privileged_user and facts.is_found_stale is null) = 0
                then count(*) filter (where facts.is_privileged and facts.is_found_stale)
        end as stale_count,
        count(*) filter (where facts.is_unprotected) as unprotected_count,
        count(*) filter (where facts.principal_type = 'user' and facts.is_unprotected is null)
            as undecided_count,
        count(*) filter (where facts.principal_type = 'user') as administrator_count,
        count(*) filter (where facts.mfa_policy_coverage in ('covered', 'covered_except'))
            as covered_administrator_count,
        bool_or(facts.mfa_policy_coverage = 'unknown') as has_unknown_coverage
    from people as facts
    where facts.administrator_role_count > 0
    group by facts.tenant_id, facts.snapshot_date

)

select
    counted.*,
    -- Nobody knows how many are stale either while one of them could not be judged.
    case when holders.tenant_id is null then 0 else holders.stale_count end as stale_count,
    coalesce(holders.unprotected_count, 0) as unprotected_count,
    -- Nobody knows how many are unprotected while one of them could not be judged.
    coalesce(holders.undecided_count, 0) as undecided_count,
    case
        when not holders.has_unknown_coverage
            then {{ ratio(
                'holders.covered_administrator_count', 'holders.administrator_count'
            ) }}
    end as mfa_covered_ratio
from counted
left join holders using (tenant_id, snapshot_date)
