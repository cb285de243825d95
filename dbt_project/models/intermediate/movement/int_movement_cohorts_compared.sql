-- Both ends of each period on the same controls: those that count at both and have a maximum above
-- 0 at both. The start is weighed with the later maxima.
with

cohorts as (

    select
        periods.tenant_id,
        periods.period,
        after.control_id,
        case when before.control_category = after.control_category then after.control_category end
            as control_category,
        case when before.service = after.service then after.service end as service,
        before.score_points / before.max_points * after.max_points as start_points,
        after.score_points as end_points,
        after.max_points
    from {{ ref('int_movement_periods_changed') }} as periods
    inner join {{ ref('fct_control_score_daily') }} as before
        on
            periods.tenant_id = before.tenant_id
            and periods.start_date = before.score_date
    inner join {{ ref('fct_control_score_daily') }} as after
        on
            periods.tenant_id = after.tenant_id
            and periods.end_date = after.score_date
            and before.control_id = after.control_id
    where
        before.counts_in_maximum is distinct from false
        and before.max_points > 0
        and after.counts_in_maximum is distinct from false
        and after.max_points > 0

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
