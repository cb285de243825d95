select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    lower(group_id) as group_id,
    id as principal_id,
    coalesce({{ principal_kind('odata_type') }}, 'unknown') as principal_type,
    case
        when id is null or id = ''
            then 'group member without an id'
    end as quarantine_reason
from {{ source('graph', 'group_members') }}
