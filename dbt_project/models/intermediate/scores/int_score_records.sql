{{
    config(
        materialized='incremental',
        incremental_strategy='append',
    )
}}

-- One row per capture of a score record. Small, and kept, so that choosing among the captures of
-- a day never reads control rows.
with

captures as (

    select
        run_id,
        tenant_id
    from {{ ref('int_captures_new') }}
    where
        feed = 'secure_scores'
        and outcome in ('ok', 'empty')

),

rich as (

    select
        run_id,
        tenant_id,
        record_index,
        bool_or(is_rich) as is_rich
    from {{ ref('stg_graph__secure_scores_control_scores') }}
    group by run_id, tenant_id, record_index

),

records as (

    select
        records.run_id,
        records.tenant_id,
        records.score_date,
        records.record_index,
        records.extract_date,
        records.part,
        records.collected_at,
        records.current_score,
        records.max_score,
        records.active_user_count,
        coalesce(rich.is_rich, false) as is_rich,
        row_number() over (
            partition by records.run_id, records.tenant_id, records.score_date
            order by records.record_index
        ) as copy_number
    from {{ ref('stg_graph__secure_scores') }} as records
    inner join captures using (run_id, tenant_id)
    left join rich using (run_id, tenant_id, record_index)
    where records.quarantine_reason is null

)

select
    run_id,
    tenant_id,
    score_date,
    record_index,
    extract_date,
    part,
    collected_at,
    current_score,
    max_score,
    active_user_count,
    is_rich
from records
where copy_number = 1
