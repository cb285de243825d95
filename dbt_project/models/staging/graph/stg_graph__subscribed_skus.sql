with

-- Every SKU brings service plans: one without them does not say what it licenses.
described as (

    select distinct
        run_id,
        tenant_id,
        record_index,
        true as has_plans
    from {{ source('graph', 'subscribed_skus_service_plans') }}

),

skus as (

    select
        skus.run_id,
        skus.tenant_id,
        skus.extract_date,
        skus.record_index,
        skus.sku_id,
        skus.sku_part_number,
        lower(skus.capability_status) as capability_status,
        skus.prepaid_units_enabled as enabled_unit_count,
        skus.prepaid_units_warning as warning_unit_count,
        described.has_plans
    from {{ source('graph', 'subscribed_skus') }} as skus
    left join described using (run_id, tenant_id, record_index)

)

select
    * exclude (has_plans),
    case
        when sku_id is null or sku_id = '' then 'SKU without an id'
        when not coalesce(enabled_unit_count, 0) between 0 and {{ var('most_count') }}
            then 'enabled units are not a number of units'
        when not coalesce(warning_unit_count, 0) between 0 and {{ var('most_count') }}
            then 'warning units are not a number of units'
        when has_plans is null then 'SKU without service plans'
    end as quarantine_reason
from skus
