with

assignments as (

    select * from {{ source('graph', 'role_assignments') }}

),

principals as (

    select * from {{ source('graph', 'role_assignments_principal') }}

)

select
    assignments.run_id,
    assignments.tenant_id,
    assignments.extract_date,
    assignments.record_index,
    assignments.id as role_assignment_id,
    assignments.principal_id,
    assignments.role_definition_id,
    coalesce(assignments.directory_scope_id, assignments.app_scope_id, '') as directory_scope,
    {{ principal_columns(
        'principals', 'assignments.tenant_id', 'assignments.principal_organization_id'
    ) }},
    case
        when assignments.principal_id is null or assignments.principal_id = ''
            then 'role assignment without a principal'
        when assignments.role_definition_id is null or assignments.role_definition_id = ''
            then 'role assignment without a role'
    end as quarantine_reason
from assignments
left join principals using (run_id, tenant_id, record_index)
