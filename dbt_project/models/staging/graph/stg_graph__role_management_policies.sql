-- What PIM asks of whoever activates a role: the rules for users, of one assignment each.
with

rules as (

    select
        run_id,
        tenant_id,
        record_index,
        lower(path) as path,
        value
    from {{ source('graph', 'role_management_policies_policy') }}

),

asked as (

    select
        run_id,
        tenant_id,
        record_index,
        bool_or(
            path = 'rules.enablement_enduser_assignment.enabledrules'
            and lower(value) = 'multifactorauthentication'
        ) as requires_mfa,
        bool_or(
            path = 'rules.enablement_enduser_assignment.enabledrules'
            and lower(value) = 'justification'
        ) as requires_justification,
        bool_or(
            path = 'rules.approval_enduser_assignment.setting.isapprovalrequired'
            and value = 'true'
        ) as requires_approval,
        max(value) filter (
            where path = 'rules.expiration_enduser_assignment.maximumduration'
        ) as longest_activation,
        bool_or(
            path = 'rules.authenticationcontext_enduser_assignment.isenabled' and value = 'true'
        ) as has_authentication_context,
        max(lower(value)) filter (
            where path = 'rules.authenticationcontext_enduser_assignment.claimvalue'
        ) as claim_value,
        -- Without this rule nobody knows what an activation asks for.
        bool_or(path = 'rules.enablement_enduser_assignment.id') as is_told
    from rules
    group by run_id, tenant_id, record_index

)

select
    policies.run_id,
    policies.tenant_id,
    policies.extract_date,
    policies.record_index,
    policies.id as role_policy_id,
    lower(policies.role_definition_id) as role_template_id,
    asked.requires_mfa,
    asked.requires_justification,
    asked.requires_approval,
    asked.longest_activation,
    case when asked.has_authentication_context then asked.claim_value end as authentication_context,
    coalesce(asked.is_told, false) as is_told,
    case
        when policies.role_definition_id is null or policies.role_definition_id = ''
            then 'rules without a role'
    end as quarantine_reason
from {{ source('graph', 'role_management_policies') }} as policies
left join asked using (run_id, tenant_id, record_index)
