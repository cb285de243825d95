-- The last rule for a maximum: where one control of the day has none, it is what the record's own
-- maximum leaves over beside those that count, if that is positive and not below the score.
with

maxima as (

    select
        maxima.tenant_id,
        maxima.score_date,
        maxima.control_id,
        maxima.service,
        maxima.max_points,
        maxima.max_source,
        scores.score_points,
        counted.counts_in_maximum
    from {{ ref('int_control_maxima_resolved') }} as maxima
    inner join {{ ref('int_control_scores') }} as scores using (tenant_id, score_date, control_id)
    inner join {{ ref('int_controls_counted') }} as counted
        using (tenant_id, score_date, control_id)

),

known_totals as (

    select
        tenant_id,
        score_date,
        count(*) filter (where max_points is null) as unknown_count,
        bool_or(counts_in_maximum is null) as has_unclear,
        {{ sum_points('case when counts_in_maximum then max_points end') }} as known_points
    from maxima
    group by tenant_id, score_date

),

left_over as (

    select
        maxima.*,
        totals.unknown_count,
        totals.has_unclear,
        -- Rounded, so that a rest equal to the score is not a last bit below it.
        round(records.max_score - totals.known_points, 9) as left_over_points
    from maxima
    inner join known_totals as totals using (tenant_id, score_date)
    inner join {{ ref('int_score_records_chosen') }} as records using (tenant_id, score_date)

),

completed as (

    select
        *,
        max_points is null
        and counts_in_maximum
        and unknown_count = 1
        and not has_unclear
        and left_over_points > 0
        and left_over_points >= score_points as is_residual
    from left_over

)

select
    tenant_id,
    score_date,
    control_id,
    service,
    counts_in_maximum,
    case when is_residual then left_over_points else max_points end as max_points,
    case when is_residual then 'residual' else max_source end as max_source
from completed
