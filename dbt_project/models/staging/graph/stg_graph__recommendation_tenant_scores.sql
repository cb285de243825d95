select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    cast(cast(create_date_time as timestamp) as date) as score_date,
    cast(create_date_time as timestamp) as created_at,
    cast(collected_at as timestamp) as collected_at,
    tenant_score as score_points,
    tenant_max_score as max_points,
    case
        when create_date_time is null then 'tenant score without a date'
        when tenant_score is null then 'tenant score without points'
        when tenant_score < 0 or tenant_max_score < 0 then 'tenant score below 0'
    end as quarantine_reason
from {{ source('graph', 'recommendation_tenant_scores') }}
