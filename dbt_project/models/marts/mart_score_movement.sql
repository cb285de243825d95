-- depends_on: {{ ref('int_movement_periods_changed') }}
{{
    config(
        materialized='incremental',
        replace_days='int_movement_periods_changed',
        replace_key=['tenant_id', 'period'],
    )
}}

-- Incremental, since like for like reads both ends of every period from the largest fact.
with

divided as (

    select
        moved.*,
        {% for part in movement_parts() + [{'name': 'reweighted', 'moves_maximum': true}] %}
            case
                when moved.points_delta is not null then coalesce(parts.{{ part.name }}_points, 0)
            end as {{ part.name }}_points,
            {% if part.moves_maximum %}
                case
                    when
                        moved.points_delta is not null
                        then coalesce(parts.{{ part.name }}_max_points, 0)
                end as {{ part.name }}_max_points,
            {% endif %}
            case
                when moved.ratio_delta is not null then coalesce(parts.{{ part.name }}_ratio, 0)
            end as {{ part.name }}_ratio,
        {% endfor %}
        cohorts.start_ratio as like_for_like_start_ratio,
        cohorts.end_ratio as like_for_like_end_ratio,
        cohorts.control_count as like_for_like_control_count
    from {{ ref('int_movement_scopes_compared') }} as moved
    left join {{ ref('int_movement_parts_summed') }} as parts using (tenant_id, period, scope)
    left join {{ ref('int_movement_cohorts_compared') }} as cohorts using (tenant_id, period, scope)

)

select
    tenant_id,
    scope,
    period,
    start_date,
    end_date,
    cast(end_date - start_date as integer) as days_spanned,
    start_points,
    end_points,
    points_delta,
    earned_points,
    regressed_points,
    population_points,
    exception_points,
    licence_points,
    microsoft_points,
    unexplained_points,
    reweighted_points,
    start_max_points,
    end_max_points,
    max_points_delta,
    exception_max_points,
    licence_max_points,
    microsoft_max_points,
    -- With what became known or unknown between the records, which no row can say.
    round(
        max_points_delta - exception_max_points - licence_max_points - microsoft_max_points, 9
    ) + 0.0 as unexplained_max_points,
    reweighted_max_points,
    start_ratio,
    end_ratio,
    ratio_delta,
    earned_ratio,
    regressed_ratio,
    population_ratio,
    exception_ratio,
    licence_ratio,
    microsoft_ratio,
    unexplained_ratio,
    reweighted_ratio,
    like_for_like_start_ratio,
    like_for_like_end_ratio,
    case when start_date is not null then coalesce(like_for_like_control_count, 0) end
        as like_for_like_control_count
from divided
