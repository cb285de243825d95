with

assignments as (

    select * from {{ source('graph', 'application_permissions') }}

),

roles as (

    select * from {{ source('graph', 'application_permissions_resource_app_roles') }}

),

-- The APIs whose permissions are read: the same applications in every tenant.
resources as (

    {{ permission_resources() }}

)

select
    assignments.run_id,
    assignments.tenant_id,
    assignments.extract_date,
    assignments.record_index,
    assignments.id as app_role_assignment_id,
    assignments.principal_id as service_principal_id,
    assignments.principal_display_name as service_principal_name,
    lower(assignments.principal_type) as principal_type,
    assignments.resource_id,
    resources.resource_application_id,
    resources.resource_name,
    assignments.app_role_id,
    roles.value as permission,
    cast(assignments.created_date_time as timestamp) as created_at,
    case
        when assignments.principal_id is null or assignments.principal_id = ''
            then 'application permission without a holder'
        when assignments.app_role_id is null or assignments.app_role_id = ''
            then 'application permission without a role'
    end as quarantine_reason
from assignments
left join roles
    on
        assignments.run_id = roles.run_id
        and assignments.tenant_id = roles.tenant_id
        and assignments.resource_id = roles.parent_id
        and lower(assignments.app_role_id) = lower(roles.id)
left join resources
    on
        assignments.run_id = resources.run_id
        and assignments.tenant_id = resources.tenant_id
        and assignments.resource_id = resources.resource_id
