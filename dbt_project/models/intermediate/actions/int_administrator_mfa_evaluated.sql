-- Long: the evidence counts whoever is protected in another way than by a policy.
-- The practice "MFA for administrators" on each tenant's newest day: who is covered, who slips
-- through.
with

administrators as (

    select
        people.tenant_id,
        people.snapshot_date,
        people.principal_id,
        people.mfa_policy_coverage,
        people.coverage_reason,
        people.mfa_policy_coverage in ('covered', 'covered_except') as has_policy,
        people.activation_requires_mfa is true as is_behind_activation,
        coalesce(people.is_expected, false) as is_in_order,
        has_policy or is_behind_activation or is_in_order as is_covered,
        people.mfa_policy_coverage = 'unknown'
        or (
            not has_policy and people.declared_role is not null and people.is_expected is null
        ) as is_unknown,
        people.deciding_policy_id,
        people.deciding_policy_name,
        -- No policy decides it: the switch does more than all of them.
        has_policy
        and people.deciding_policy_id is null
        and people.per_user_mfa_state = 'enforced' as is_by_switch,
        coalesce(names.user_principal_name, names.principal_name, people.principal_id) as shown_name
    from {{ ref('fct_principal_posture_daily') }} as people
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
    where
        people.principal_type = 'user'
        and people.administrator_role_count > 0

),

-- A group whose members were not read may hide someone who slips through.
unread as (

    select distinct
        assignments.tenant_id,
        assignments.snapshot_date,
        true as has_unread_group
    from {{ ref('fct_role_assignment_daily') }} as assignments
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    where
        assignments.is_administrator
        and assignments.principal_type = 'group'

),

counted as (

    select
        tenant_id,
        snapshot_date,
        count(*) as administrator_count,
        count(*) filter (where is_covered) as covered_count,
        count(*) filter (where is_by_switch) as switch_count,
        count(*) filter (
            where is_behind_activation and not has_policy
        ) as behind_count,
        count(*) filter (
            where is_in_order and not has_policy and not is_behind_activation
        ) as declared_count,
        count(*) filter (
            where
            is_covered
            or (mfa_policy_coverage in ('conditional', 'narrow', 'report_only') and not is_unknown)
        ) as some_count,
        count(*) filter (where not is_covered and is_unknown) as unknown_count,
        coalesce(
            min(deciding_policy_id) filter (where is_covered),
            min(deciding_policy_id) filter (where mfa_policy_coverage = 'conditional'),
            min(deciding_policy_id) filter (where mfa_policy_coverage = 'narrow'),
            min(deciding_policy_id) filter (where mfa_policy_coverage = 'report_only'),
            min(deciding_policy_id) filter (where mfa_policy_coverage = 'excluded')
        ) as deciding_policy_id,
        string_agg(
            shown_name || ' (' || replace(mfa_policy_coverage, '_', ' ') || ')', ', '
            order by shown_name, principal_id
        ) filter (where not is_covered) as slipping,
        -- Of several reasons one is enough to look for the rest.
        min(coverage_reason) as reason
    from administrators
    group by tenant_id, snapshot_date

)

select
    posture.tenant_id,
    posture.snapshot_date,
    case
        -- Of nobody nothing is known, and everyone of nobody is no achievement.
        when posture.privileged_count is null or counted.administrator_count is null
            then 'unknown'
        when
            counted.covered_count = counted.administrator_count
            and posture.role_status in ('ok', 'empty')
            and unread.has_unread_group is null
            then 'implemented'
        when counted.covered_count + counted.unknown_count = counted.administrator_count
            then 'unknown'
        when counted.some_count > 0 then 'partial'
        when counted.unknown_count > 0 or unread.has_unread_group then 'unknown'
        else 'not_implemented'
    end as status,
    counted.administrator_count - counted.covered_count as uncovered_count,
    counted.deciding_policy_id,
    case
        when posture.privileged_count is null
            then 'Role assignments could not be read: ' || posture.role_status || '.'
        else
            coalesce(counted.covered_count, 0) || ' of ' || coalesce(counted.administrator_count, 0)
            || ' administrators must use MFA'
            || case
                when counted.declared_count > 0
                    then ' or are declared and in order (' || counted.declared_count || ')'
                else ''
            end
            || case
                when counted.switch_count > 0
                    then ', ' || counted.switch_count || ' of them by per-user MFA'
                else ''
            end
            || case
                when counted.behind_count > 0
                    then ', ' || counted.behind_count || ' of them to activate their roles'
                else ''
            end
            || coalesce('; not covered: ' || left(counted.slipping, 400), '') || '.'
            || coalesce(' ' || counted.reason, '')
    end as evidence
from {{ ref('fct_identity_posture_daily') }} as posture
inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
left join counted using (tenant_id, snapshot_date)
left join unread using (tenant_id, snapshot_date)
