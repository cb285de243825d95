with

controls as (

    select
        run_id,
        tenant_id,
        extract_date,
        record_index,
        item_index,
        parent_id as record_id,
        control_name as control_id,
        control_category,
        score as score_points,
        score_in_percentage as score_percentage,
        implementation_status,
        description,
        cast(last_synced as timestamp) as last_synced_at,
        count as met_count,
        total as total_count,
        "on" as is_on
    from {{ source('graph', 'secure_scores_control_scores') }}

)

select
    *,
    last_synced_at is not null
    or met_count is not null
    or total_count is not null
    or is_on is not null as is_rich,
    case
        when control_id is null or control_id = '' then 'control without a name'
        when score_points is null then 'control without a score'
        when score_points < 0 then 'score below 0'
        when score_percentage < 0 or score_percentage > 100 then 'percentage outside 0 to 100'
    end as quarantine_reason
from controls
