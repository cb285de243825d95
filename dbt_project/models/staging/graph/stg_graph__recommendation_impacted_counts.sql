select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    recommendation_id,
    -- The reader writes what was absent as a word.
    {{ snake_case("nullif(resource_type, 'None')") }} as resource_type,
    {{ snake_case("nullif(status, 'None')") }} as status,
    count as resource_count
from {{ source('graph', 'recommendation_impacted_counts') }}
