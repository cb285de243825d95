-- depends_on: {{ ref('int_score_days_to_rebuild') }}
{{
    config(
        materialized='incremental',
        replace_days='int_score_days_to_rebuild',
        replace_key=['tenant_id', 'score_date'],
    )
}}

with

controls as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.control_id,
        scores.control_category,
        maxima.service,
        scores.score_points,
        maxima.max_points,
        maxima.max_source,
        {{ ratio('scores.score_points', 'maxima.max_points') }} as score_ratio,
        scores.implementation_status,
        scores.description,
        scores.met_count,
        scores.total_count,
        scores.is_on,
        coalesce(states.state, case when scored.profile_id is not null then 'default' end)
            as state,
        case when scored.profile_id is null then 'score_only' else 'matched' end as match_status,
        scores.last_synced_at,
        records.max_score,
        records.is_backfilled,
        scores.collected_at
    from {{ ref('int_control_scores') }} as scores
    inner join {{ ref('int_control_maxima_completed') }} as maxima
        using (tenant_id, score_date, control_id)
    inner join {{ ref('int_score_records_chosen') }} as records using (tenant_id, score_date)
    inner join {{ ref('int_controls_scored') }} as scored using (tenant_id, control_id)
    left join {{ ref('int_control_states_resolved') }} as states
        using (tenant_id, score_date, control_id)

),

-- Microsoft leaves ignored controls out of the maximum, or not: the record's own total tells.
day_totals as (

    select
        tenant_id,
        score_date,
        any_value(max_score) as max_score,
        bool_or(max_points is null and coalesce(state, '') <> 'ignored') as has_unknown_counted,
        bool_or(max_points is null) as has_unknown,
        {{ sum_points('max_points') }} as all_points,
        {{ sum_points("case when coalesce(state, '') <> 'ignored' then max_points end") }}
            as counted_points
    from controls
    group by tenant_id, score_date

)

select
    controls.tenant_id,
    controls.score_date,
    controls.control_id,
    controls.control_category,
    controls.service,
    controls.score_points,
    controls.max_points,
    controls.max_source,
    controls.score_ratio,
    case
        when controls.score_ratio is null then 'unknown'
        when controls.score_points <= 0 then 'none'
        when controls.score_points >= controls.max_points - 1e-9 then 'full'
        else 'partial'
    end as implementation_level,
    controls.implementation_status,
    controls.description,
    controls.met_count,
    controls.total_count,
    controls.is_on,
    controls.state,
    case
        when coalesce(controls.state, '') <> 'ignored' then true
        when
            not totals.has_unknown_counted
            and abs(totals.max_score - totals.counted_points) <= 1e-6
            then false
        when
            not totals.has_unknown
            and abs(totals.max_score - totals.all_points) <= 1e-6
            then true
    end as counts_in_maximum,
    controls.match_status,
    controls.last_synced_at,
    controls.is_backfilled,
    controls.collected_at
from controls
inner join day_totals as totals using (tenant_id, score_date)
