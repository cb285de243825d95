select
    run_id,
    tenant_id,
    extract_date,
    user_principal_name,
    has_all_tenants
from {{ source('graph', 'tenant_access') }}
