select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    id as service_principal_id,
    app_id,
    display_name,
    {{ snake_case('service_principal_type') }} as service_principal_type,
    account_enabled as is_enabled,
    app_owner_organization_id,
    cast(created_date_time as timestamp) as created_at,
    case when id is null or id = '' then 'service principal without an id' end
        as quarantine_reason
from {{ source('graph', 'service_principals') }}
