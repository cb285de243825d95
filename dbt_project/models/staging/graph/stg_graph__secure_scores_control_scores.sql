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
        "on" as is_on,
        -- In parts written before it was declared it is one of the members nobody knew.
        coalesce(not_scored, lower(extra ->> '$.NotScored') = 'true', false)
            as is_marked_unscored
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
        when {{ is_no_points('score_points') }} then 'score is not a number of points'
        when score_percentage < 0 or score_percentage > 100 then 'percentage outside 0 to 100'
        when
            score_percentage > 0
            and score_points > {{ var('most_points') }} * score_percentage / 100
            then 'score above what its percentage allows'
        when
            not coalesce(met_count, 0) between 0 and {{ var('most_count') }}
            or not coalesce(total_count, 0) between 0 and {{ var('most_count') }}
            then 'count or total is not a number of people'
    end as quarantine_reason
from controls
