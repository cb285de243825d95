with

service_principals as (

    select * from {{ source('graph', 'service_principals') }}

),

credentials as (

    {{ credential_ends(
        'service_principals_password_credentials', 'service_principals_key_credentials'
    ) }}

)

select
    service_principals.run_id,
    service_principals.tenant_id,
    service_principals.extract_date,
    service_principals.record_index,
    service_principals.id as service_principal_id,
    lower(service_principals.app_id) as application_id,
    service_principals.display_name as service_principal_name,
    {{ snake_case('service_principals.service_principal_type') }} as service_principal_type,
    service_principals.account_enabled as is_enabled,
    lower(service_principals.app_owner_organization_id) as owner_tenant_id,
    cast(service_principals.created_date_time as timestamp) as created_at,
    {{ credential_columns('credentials') }},
    case
        when service_principals.id is null or service_principals.id = ''
            then 'service principal without an id'
    end as quarantine_reason
from service_principals
left join credentials using (run_id, tenant_id, record_index)
