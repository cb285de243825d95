select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    item_index,
    parent_id as recommendation_id,
    coalesce(subject_id, id) as resource_id,
    {{ snake_case('resource_type') }} as resource_type,
    display_name as resource_name,
    {{ snake_case('status') }} as status,
    portal_url,
    cast(added_date_time as timestamp) as added_at
from {{ source('graph', 'recommendations_impacted_resources') }}
