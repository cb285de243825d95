-- What every scope of a period was at its start and at its end, and what it moved.
with

periods as (

    select * from {{ ref('int_movement_periods_changed') }}

),

ends as (

    select
        tenant_id,
        period,
        start_date as score_date,
        true as is_start
    from periods

    union all

    select
        tenant_id,
        period,
        end_date as score_date,
        false as is_start
    from periods

),

scopes as (

    select
        ends.tenant_id,
        ends.period,
        scores.scope,
        count(*) filter (where ends.is_start) as start_count,
        count(*) filter (where not ends.is_start) as end_count,
    {% for column in ['score_points', 'max_points', 'score_ratio'] %}
        any_value(scores.{{ column }}) filter (where ends.is_start) as start_{{ column }},
        any_value(scores.{{ column }}) filter (where not ends.is_start) as end_{{ column }}
        {{- "," if not loop.last }}
    {% endfor %}
    from ends
    inner join {{ ref('fct_tenant_score_daily') }} as scores
        on
            ends.tenant_id = scores.tenant_id
            and ends.score_date = scores.score_date
            -- Entra's own series is moved by nobody's controls.
            and scores.scope <> 'entra_identity_secure_score'
    group by ends.tenant_id, ends.period, scores.scope

),

-- A scope without a scored control has no row, and sums to 0.
compared as (

    select
        periods.*,
        scopes.scope,
    {% for end in ['start', 'end'] %}
        {% for column, name in [('score_points', 'points'), ('max_points', 'max_points')] %}
            case
                when periods.{{ end }}_date is null then null
                when scopes.{{ end }}_count = 0 then 0
                else scopes.{{ end }}_{{ column }}
            end as {{ end }}_{{ name }},
        {% endfor %}
        scopes.{{ end }}_score_ratio as {{ end }}_ratio{{ "," if not loop.last }}
    {% endfor %}
    from periods
    inner join scopes using (tenant_id, period)

)

select
    *,
    round(end_points - start_points, 9) + 0.0 as points_delta,
    round(end_max_points - start_max_points, 9) + 0.0 as max_points_delta,
    end_ratio - start_ratio + 0.0 as ratio_delta
from compared
