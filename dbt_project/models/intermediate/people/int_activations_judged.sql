-- Long: a role is behind MFA by its rule or by a policy on its authentication context.
-- Whether every role that makes a user an administrator stands behind MFA: held as eligible, and
-- activating it asks for MFA. A role held otherwise does not; who has activated one went through
-- its rule. It is unknown where the rules of a group decide, or what might ask for MFA could not be
-- read.
with

rules as (

    select
        tenant_id,
        snapshot_date,
        role_template_id,
        bool_and(requires_mfa) as requires_mfa,
        max(authentication_context) as authentication_context
    from ({{ captured_rows('stg_graph__role_management_policies', 'role_management_policies') }})
    where
        quarantine_reason is null
        and is_told
    group by tenant_id, snapshot_date, role_template_id

),

-- Who must do MFA where an authentication context is asked for: surely, or perhaps.
contexts as (

    select
        matched.tenant_id,
        matched.snapshot_date,
        matched.subject_id as principal_id,
        lower(leaves.named_id) as authentication_context,
        bool_or(
            matched.reach = 'applies'
            and policies.sure_demand = 'firm'
            and policies.narrowing_count = 0
            and policies.is_all_clients
        ) as is_sure
    from {{ ref('int_policy_properties_labelled') }} as leaves
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    inner join {{ ref('int_policy_subjects_matched') }} as matched
        using (tenant_id, snapshot_date, policy_id)
    where
        leaves.path = 'applications.includeAuthenticationContextClassReferences'
        and policies.policy_state = 'enabled'
        and policies.possible_demand <> 'none'
        and matched.subject_kind = 'person'
        and matched.reach in ('applies', 'may_apply', 'unknown')
    group by matched.tenant_id, matched.snapshot_date, matched.subject_id, leaves.named_id

),

held as (

    select
        facts.tenant_id,
        facts.snapshot_date,
        facts.principal_id,
        case
            when facts.assignment_kind = 'standing' then false
            when facts.assignment_kind = 'active_unknown' or facts.path = 'pim_group' then null
            when rules.requires_mfa then true
            when rules.role_template_id is null then null
            when rules.authentication_context is null then false
            when contexts.is_sure then true
            -- A plan, which nobody judges, may ask for MFA there too.
            when
                contexts.principal_id is null
                and feeds.has_policies
                and feeds.plan_names is null
                then false
        end as is_behind_mfa
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
    left join rules using (tenant_id, snapshot_date, role_template_id)
    left join contexts
        on
            facts.tenant_id = contexts.tenant_id
            and facts.snapshot_date = contexts.snapshot_date
            and facts.principal_id = contexts.principal_id
            and rules.authentication_context = contexts.authentication_context
    where
        facts.is_administrator
        and facts.principal_type = 'user'

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    case
        when bool_or(not is_behind_mfa) then false
        when count(*) = count(is_behind_mfa) then true
    end as activation_requires_mfa
from held
group by tenant_id, snapshot_date, principal_id
