-- depends_on: {{ ref('int_score_days_new') }}
-- depends_on: {{ ref('int_control_scores_restated') }}
{{
    config(
        materialized='incremental',
        replace_days='int_score_days_new',
        replace_key=['tenant_id', 'score_date'],
    )
}}

-- One row per tenant, day and control: numbers from the newest capture, detail from the newest rich
-- capture that says the same numbers. Kept so that a maximum learnt later can reach back without
-- reading the lake again.
with

captures as (

    select * from {{ ref('int_score_captures_ranked') }}

),

controls as (

    select * from {{ ref('int_control_scores_valid') }}
    where copy_number = 1

),

numbers as (

    select
        controls.tenant_id,
        captures.score_date,
        controls.control_id,
        controls.control_category,
        controls.score_points,
        controls.score_percentage,
        controls.is_marked_unscored,
        captures.collected_at
    from controls
    inner join captures using (run_id, tenant_id, record_index)
    where captures.capture_rank = 1

),

details as (

    select
        controls.tenant_id,
        captures.score_date,
        captures.capture_rank,
        controls.control_id,
        controls.score_points,
        controls.score_percentage,
        controls.implementation_status,
        controls.description,
        controls.last_synced_at,
        controls.met_count,
        controls.total_count,
        controls.is_on
    from controls
    inner join captures using (run_id, tenant_id, record_index)
    where captures.is_rich

),

agreeing as (

    select
        details.*,
        row_number() over (
            partition by details.tenant_id, details.score_date, details.control_id
            order by details.capture_rank
        ) as detail_rank
    from details
    inner join numbers
        on
            details.tenant_id = numbers.tenant_id
            and details.score_date = numbers.score_date
            and details.control_id = numbers.control_id
            and details.score_points = numbers.score_points
            and details.score_percentage is not distinct from numbers.score_percentage

)

select
    numbers.tenant_id,
    numbers.score_date,
    numbers.control_id,
    numbers.control_category,
    numbers.score_points,
    numbers.score_percentage,
    numbers.is_marked_unscored,
    agreeing.implementation_status,
    agreeing.description,
    agreeing.last_synced_at,
    agreeing.met_count,
    agreeing.total_count,
    agreeing.is_on,
    numbers.collected_at
from numbers
left join agreeing
    on
        numbers.tenant_id = agreeing.tenant_id
        and numbers.score_date = agreeing.score_date
        and numbers.control_id = agreeing.control_id
        and agreeing.detail_rank = 1
