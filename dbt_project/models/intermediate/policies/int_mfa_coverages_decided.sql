-- Long: per-user MFA counts too, and a verdict that stays open says what was not read.
-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- One row per user who holds a role and day: what all policies together do for MFA, or per-user MFA
-- where it does more, and what decides it: the widest policy, or the switch itself, which has no
-- id. `unknown` where what could not be read, or another vendor's control, might change that; no
-- policy decides that, nor that there is none. A switch that was not read changes nothing.
with

switches as (

    select
        tenant_id,
        snapshot_date,
        principal_id,
        case per_user_mfa_state when 'enforced' then 'covered' when 'enabled' then 'conditional' end
            as coverage
    from {{ ref('int_per_user_mfa_read') }}

),

of_policies as (

    select
        tenant_id,
        snapshot_date,
        subject_id as principal_id,
        max(mfa_coverage) filter (where not is_hopeful) as sure_coverage,
        max(mfa_coverage) filter (where is_hopeful) as possible_coverage,
        max(mfa_policy_id) filter (where not is_hopeful) as sure_policy_id,
        max(mfa_policy_id) filter (where is_hopeful) as possible_policy_id,
        max(uncovered_applications) filter (where not is_hopeful) as uncovered_applications
    from {{ ref('int_subject_coverages_judged') }}
    where subject_kind = 'person'
    group by tenant_id, snapshot_date, subject_id

),

weighed as (

    select
        of_policies.* exclude (sure_coverage, possible_coverage),
        case
            when switches.coverage = 'covered' then 'covered'
            when
                of_policies.sure_coverage in ('not_covered', 'excluded', 'report_only', 'narrow')
                then coalesce(switches.coverage, of_policies.sure_coverage)
            else of_policies.sure_coverage
        end as sure_coverage,
        case
            when switches.coverage = 'covered' then 'covered'
            when
                of_policies.possible_coverage
                in ('not_covered', 'excluded', 'report_only', 'narrow')
                then coalesce(switches.coverage, of_policies.possible_coverage)
            else of_policies.possible_coverage
        end as possible_coverage,
        of_policies.sure_coverage as policy_coverage
    from of_policies
    left join switches using (tenant_id, snapshot_date, principal_id)

),

decided as (

    select
        * exclude (uncovered_applications),
        sure_coverage <> policy_coverage as is_by_switch,
        case
            when sure_coverage = possible_coverage then sure_coverage
            -- Nobody is safe either way, and by name this one is left out.
            when
                sure_coverage in ('excluded', 'not_covered')
                and possible_coverage in ('excluded', 'not_covered')
                then 'excluded'
            else 'unknown'
        end as coverage,
        case when is_by_switch then null else uncovered_applications end as uncovered_applications,
        case
            when is_by_switch then null
            when sure_coverage <> 'not_covered' then sure_policy_id
            when possible_coverage = 'excluded' then possible_policy_id
        end as policy_id
    from weighed

),

custom as (

    select
        matched.tenant_id,
        matched.snapshot_date,
        matched.subject_id as principal_id,
        {{ listed(
            "policies.policy_name || ' asks for the custom control ' || policies.custom_controls",
            '; ',
        ) }} as words
    from {{ ref('int_policy_subjects_matched') }} as matched
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    where
        matched.subject_kind = 'person'
        and matched.reach in ('applies', 'may_apply', 'unknown')
        and policies.policy_state in ('enabled', 'report_only')
        and policies.possible_demand <> policies.sure_demand
    group by matched.tenant_id, matched.snapshot_date, matched.subject_id

),

closed as (

    select
        matched.tenant_id,
        matched.snapshot_date,
        matched.subject_id as principal_id,
        {{ listed('policies.policy_name') }} as words
    from {{ ref('int_policy_subjects_matched') }} as matched
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    where
        matched.subject_kind = 'person'
        and matched.reach = 'unknown'
    group by matched.tenant_id, matched.snapshot_date, matched.subject_id

)

select
    decided.tenant_id,
    decided.snapshot_date,
    decided.principal_id,
    decided.coverage as mfa_policy_coverage,
    case when decided.coverage not in ('unknown', 'not_covered') then decided.policy_id end
        as deciding_policy_id,
    case
        when decided.coverage not in ('unknown', 'not_covered')
            then
                case
                    when decided.is_by_switch then 'Per-user MFA'
                    when decided.policy_id = feeds.defaults_id then feeds.defaults_name
                    else policies.policy_name
                end
    end as deciding_policy_name,
    case when decided.coverage <> 'unknown' then decided.uncovered_applications end
        as uncovered_applications,
    case
        when decided.coverage <> 'unknown' then null
        when not feeds.has_policies then 'Conditional Access policies could not be read.'
        when feeds.plan_names is not null then {{ unjudged_plans('feeds.plan_names') }}
        when custom.words is not null
            then custom.words || ': whether that is MFA is not known here.'
        when not feeds.knows_defaults then 'Security defaults could not be read.'
        when closed.words is not null
            then 'Whom it reaches could not be read: ' || closed.words || '.'
        else 'Named locations could not be read.'
    end as coverage_reason
from decided
inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
left join {{ ref('int_policies_evaluated') }} as policies
    on
        decided.tenant_id = policies.tenant_id
        and decided.snapshot_date = policies.snapshot_date
        and decided.policy_id = policies.policy_id
left join custom
    on
        decided.tenant_id = custom.tenant_id
        and decided.snapshot_date = custom.snapshot_date
        and decided.principal_id = custom.principal_id
left join closed
    on
        decided.tenant_id = closed.tenant_id
        and decided.snapshot_date = closed.snapshot_date
        and decided.principal_id = closed.principal_id
