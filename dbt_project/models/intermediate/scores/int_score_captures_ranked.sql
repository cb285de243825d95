-- Every capture of the records of the new days, newest first.
select
    records.run_id,
    records.tenant_id,
    records.score_date,
    records.record_index,
    records.collected_at,
    records.current_score,
    records.max_score,
    records.active_user_count,
    records.is_rich,
    row_number() over (
        partition by records.tenant_id, records.score_date
        order by records.collected_at desc, records.run_id desc
    ) as capture_rank,
    count(*) over (partition by records.tenant_id, records.score_date) as capture_count,
    bool_or(records.is_rich) over (
        partition by records.tenant_id, records.score_date
    ) as has_rich_capture
from {{ ref('int_score_records') }} as records
inner join {{ ref('int_score_days_new') }} as days
    on
        records.tenant_id = days.tenant_id
        and records.score_date = days.score_date
