-- depends_on: {{ ref('int_score_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_score_days_new',
        replace_key=['tenant_id', 'score_date'],
    )
}}

-- Days whose captures disagree in numbers, with how many controls do.
with

captures as (

    select * from {{ ref('int_score_captures_ranked') }}
    where capture_count > 1

),

records as (

    select
        tenant_id,
        score_date,
        count(distinct row(current_score, max_score)) > 1 as has_other_totals
    from captures
    group by tenant_id, score_date

),

controls as (

    select
        captures.tenant_id,
        captures.score_date,
        controls.control_id,
        count(distinct row(controls.score_points, controls.score_percentage)) > 1
        or count(*) < any_value(captures.capture_count) as has_other_numbers
    from {{ ref('int_control_scores_valid') }} as controls
    inner join captures
        on
            controls.run_id = captures.run_id
            and controls.tenant_id = captures.tenant_id
            and controls.record_index = captures.record_index
    where controls.copy_number = 1
    group by captures.tenant_id, captures.score_date, controls.control_id

),

differing as (

    select
        tenant_id,
        score_date,
        count(*) as control_count
    from controls
    where has_other_numbers
    group by tenant_id, score_date

)

select
    records.tenant_id,
    records.score_date,
    records.has_other_totals,
    coalesce(differing.control_count, 0) as control_count
from records
left join differing
    on
        records.tenant_id = differing.tenant_id
        and records.score_date = differing.score_date
where
    records.has_other_totals
    or differing.control_count > 0
