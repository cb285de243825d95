select
    run_id,
    tenant_id,
    extract_date,
    lower(id) as location_id,
    display_name as location_name,
    is_trusted
from {{ source('graph', 'named_locations') }}
where id is not null
