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
        active_user_count,
        part
    from {{ source('graph', 'secure_scores') }}

)

select
    * exclude (azure_tenant_id),
    case
        when {{ names_no_tenant() }}
        when record_id is null then 'record without an id'
        when score_date is null then 'record without a date'
        when current_score is null or current_score < 0 then 'currentScore is not a number from 0'
        when max_score is null or max_score < 0 then 'maxScore is not a number from 0'
    end as quarantine_reason
from records
