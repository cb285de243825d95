-- Both ends of each period on the same controls: those that count at both and have a maximum above
-- 0 at both. The start is weighed with the later maxima.
with

-- Kept apart: joined at once, every day of a control would first meet every other.
starts as materialized (

    select
        periods.tenant_id,
        periods.period,
        facts.control_id,
        facts.control_category,
        facts.service,
        facts.score_points,
        facts.max_points
    from {{ ref('int_movement_periods_changed') }} as periods
    inner join {{ ref('fct_control_score_daily') }} as facts
        on
            periods.tenant_id = facts.tenant_id
            and periods.start_date = facts.score_date
    where
        facts.counts_in_maximum is distinct from false
        and facts.max_points > 0

),

ends as materialized (

    select
        periods.tenant_id,
        periods.period,
        facts.control_id,
        facts.control_category,
        facts.service,
        facts.score_points,
        facts.max_points
    from {{ ref('int_movement_periods_changed') }} as periods
    inner join {{ ref('fct_control_score_daily') }} as facts
        on
            periods.tenant_id = facts.tenant_id
            and periods.end_date = facts.score_date
    where
        facts.counts_in_maximum is distinct from false
        and facts.max_points > 0

),

cohorts as (

    select
        ends.tenant_id,
        ends.period,
        ends.control_id,
        case when starts.control_category = ends.control_category then ends.control_category end
            as control_category,
        case when starts.service = ends.service then ends.service end as service,
        starts.score_points / starts.max_points * ends.max_points as start_points,
        ends.score_points as end_points,
        ends.max_points
    from ends
    inner join starts using (tenant_id, period, control_id)

),

scoped as (

    {{ in_scopes('cohorts') }}

)

select
    tenant_id,
    period,
    scope,
    count(*) as control_count,
    {{ ratio(sum_points('start_points'), sum_points('max_points')) }} as start_ratio,
    {{ ratio(sum_points('end_points'), sum_points('max_points')) }} as end_ratio
from scoped
group by tenant_id, period, scope
