select
    run_id,
    tenant_id,
    extract_date,
    name as domain_name,
    is_initial
from {{ source('graph', 'organization_verified_domains') }}
