select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    sku_id,
    sku_part_number,
    lower(capability_status) as capability_status,
    prepaid_units_enabled as enabled_unit_count,
    case
        when sku_id is null or sku_id = '' then 'SKU without an id'
        when prepaid_units_enabled < 0 then 'enabled units below 0'
    end as quarantine_reason
from {{ source('graph', 'subscribed_skus') }}
