{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- One row per tenant and day on which its SKUs could be read.
with

captures as (

    select
        deduplicated.tenant_id,
        deduplicated.extract_date as snapshot_date,
        deduplicated.run_id
    from {{ ref('int_captures_deduplicated') }} as deduplicated
    inner join {{ ref('int_snapshot_days_new') }} as days
        on
            deduplicated.tenant_id = days.tenant_id
            and deduplicated.extract_date = days.snapshot_date
    left join {{ ref('int_rows_quarantined') }} as broken
        on
            deduplicated.run_id = broken.run_id
            and deduplicated.tenant_id = broken.tenant_id
            and deduplicated.feed = broken.feed
    where
        deduplicated.feed = 'subscribed_skus'
        and broken.run_id is null

),

skus as (

    select
        skus.tenant_id,
        captures.snapshot_date,
        skus.run_id,
        skus.record_index,
        skus.sku_id,
        -- Units in their days of grace are seats still.
        case
            when coalesce(skus.enabled_unit_count, skus.warning_unit_count) is not null
                then coalesce(skus.enabled_unit_count, 0) + coalesce(skus.warning_unit_count, 0)
        end as unit_count
    from {{ ref('stg_graph__subscribed_skus') }} as skus
    inner join captures using (tenant_id, run_id)
    where
        skus.quarantine_reason is null
        and skus.capability_status in ('enabled', 'warning')

),

owned as (

    select
        tenant_id,
        snapshot_date,
        md5(string_agg(distinct sku_id, ',' order by sku_id)) as sku_set_hash
    from skus
    group by tenant_id, snapshot_date

),

plans as (

    select
        plans.run_id,
        plans.tenant_id,
        plans.record_index,
        bool_or(licences.licence_tier = 'p1') as has_p1,
        bool_or(licences.licence_tier = 'p2') as has_p2
    from {{ ref('stg_graph__subscribed_skus_service_plans') }} as plans
    inner join {{ ref('licence_service_plans') }} as licences using (service_plan_id)
    where plans.provisioning_status = 'success'
    group by plans.run_id, plans.tenant_id, plans.record_index

),

licensed as (

    select
        skus.tenant_id,
        skus.snapshot_date,
        bool_or(plans.has_p1) as has_p1,
        bool_or(plans.has_p2) as has_p2,
        sum(skus.unit_count) filter (where plans.has_p2) as p2_seat_count,
        sum(skus.unit_count) filter (where plans.has_p1 or plans.has_p2) as p1_seat_count
    from skus
    inner join plans using (run_id, tenant_id, record_index)
    group by skus.tenant_id, skus.snapshot_date

)

select
    captures.tenant_id,
    captures.snapshot_date,
    case
        when licensed.has_p2 then 'p2'
        when licensed.has_p1 then 'p1'
        else 'free'
    end as licence_tier,
    cast(
        case
            when licensed.has_p2 then licensed.p2_seat_count
            when licensed.has_p1 then licensed.p1_seat_count
        end as bigint
    ) as seat_count,
    cast(licensed.p1_seat_count as bigint) as p1_seat_count,
    coalesce(owned.sku_set_hash, md5('')) as sku_set_hash
from captures
left join owned using (tenant_id, snapshot_date)
left join licensed using (tenant_id, snapshot_date)
