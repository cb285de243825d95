-- Controls of days known before whose numbers came back different.
with

deduplicated as (

    select
        controls.tenant_id,
        captures.score_date,
        controls.control_id,
        controls.score_points,
        controls.score_percentage
    from {{ ref('int_control_scores_valid') }} as controls
    inner join {{ ref('int_score_captures_ranked') }} as captures
        using (run_id, tenant_id, record_index)
    where
        controls.copy_number = 1
        and captures.capture_rank = 1

),

days as (

    select * from {{ ref('int_score_days_new') }}

),

known as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.control_id,
        scores.score_points,
        scores.score_percentage
    from {{ previous_build('intermediate', 'int_control_scores', {
        'tenant_id': 'varchar',
        'score_date': 'date',
        'control_id': 'varchar',
        'score_points': 'double',
        'score_percentage': 'double',
    }) }} as scores
    inner join days using (tenant_id, score_date)

),

known_days as (

    select distinct
        tenant_id,
        score_date
    from known

),

again as (

    select deduplicated.*
    from deduplicated
    inner join known_days using (tenant_id, score_date)

)

select
    coalesce(again.tenant_id, known.tenant_id) as tenant_id,
    coalesce(again.score_date, known.score_date) as score_date,
    coalesce(again.control_id, known.control_id) as control_id
from again
full outer join known
    on
        again.tenant_id = known.tenant_id
        and again.score_date = known.score_date
        and again.control_id = known.control_id
where
    again.control_id is null
    or known.control_id is null
    or again.score_points <> known.score_points
    or again.score_percentage is distinct from known.score_percentage
