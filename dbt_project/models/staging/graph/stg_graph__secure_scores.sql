with

records as (

    select
        run_id,
        tenant_id,
        extract_date,
        cast(collected_at as timestamp) as collected_at,
        record_index,
        azure_tenant_id,
        id as record_id,
        cast(cast(created_date_time as timestamp) as date) as score_date,
        current_score,
        max_score,
        -- The score does not depend on it, so one that nobody has is not known, no more.
        case when active_user_count between 0 and {{ var('most_count') }} then active_user_count end
            as active_user_count,
        part
    from {{ source('graph', 'secure_scores') }}

),

-- Graph sends a record with all its controls: one that has none was not told whole.
whole as (

    select distinct
        run_id,
        tenant_id,
        record_index,
        true as has_controls
    from {{ source('graph', 'secure_scores_control_scores') }}

),

described as (

    select
        records.*,
        whole.has_controls
    from records
    left join whole using (run_id, tenant_id, record_index)

)

select
    * exclude (azure_tenant_id, has_controls),
    case
        when {{ names_no_tenant() }} then {{ of_nobody() }}
        when record_id is null then 'record without an id'
        when score_date is null then 'record without a date'
        when {{ is_no_score_date('score_date', 'extract_date') }}
            then 'createdDateTime outside the plausible days'
        when current_score is null or {{ is_no_points('current_score') }}
            then 'currentScore is not a number of points'
        when max_score is null or {{ is_no_maximum('max_score') }}
            then 'maxScore is not a number of points'
        when current_score > max_score + 1e-9 then 'currentScore above maxScore'
        when max_score > 0 and has_controls is null then 'record without its controls'
    end as quarantine_reason
from described
