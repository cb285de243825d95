-- The changes within each period, by scope and part: points and maxima from record to record; the
-- ratio from a record that has one to the next that has, over those between.
with

changes as (

    select
        tenant_id,
        score_date,
        scope,
        cause,
        points_delta,
        max_points_delta,
        ratio_delta
    from {{ ref('fct_score_change') }}

    union all by name

    select
        tenant_id,
        score_date,
        scope,
        cause,
        ratio_delta
    from {{ ref('int_score_changes_across_gaps') }}

)

select
    periods.tenant_id,
    periods.period,
    changes.scope,
{% for part in movement_parts() + [{'name': 'reweighted', 'causes': ['max_changed']}] %}
    {% set caused = "case when changes.cause in ('" ~ part.causes | join("', '") ~ "') then" %}
    {{ sum_points(caused ~ " changes.points_delta end") }} as {{ part.name }}_points,
    {{ sum_points(caused ~ " changes.max_points_delta end") }} as {{ part.name }}_max_points,
    {{ sum_points(caused ~ " changes.ratio_delta end", 18) }} as {{ part.name }}_ratio
    {{- "," if not loop.last }}
{% endfor %}
from {{ ref('int_movement_periods_changed') }} as periods
inner join changes
    on
        periods.tenant_id = changes.tenant_id
        and periods.start_date < changes.score_date
        and periods.end_date >= changes.score_date
group by periods.tenant_id, periods.period, changes.scope
