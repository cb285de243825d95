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
        when
            {{ is_no_score_date(
                'cast(cast(create_date_time as timestamp) as date)', 'extract_date'
            ) }}
            then 'createDateTime outside the plausible days'
        when {{ is_no_points('tenant_score') }} or {{ is_no_maximum('tenant_max_score') }}
            then 'tenant score is not a number of points'
        when tenant_score > tenant_max_score + 1e-9 then 'tenantScore above tenantMaxScore'
    end as quarantine_reason
from {{ source('graph', 'recommendation_tenant_scores') }}
