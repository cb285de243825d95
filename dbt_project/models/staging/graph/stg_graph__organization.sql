select
    run_id,
    tenant_id,
    extract_date,
    id as organization_id,
    display_name as organization_name,
    case
        when id is null or id = '' then 'organization without an id'
    end as quarantine_reason
from {{ source('graph', 'organization') }}
