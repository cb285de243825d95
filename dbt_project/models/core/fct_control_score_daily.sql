-- depends_on: {{ ref('int_score_days_changed') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='changed_days',
        changed_days='int_score_days_changed',
        changed_key=['tenant_id', 'score_date'],
        on_schema_change='append_new_columns',
    )
}}

with

maxima as (

    select * from {{ ref('int_control_maxima_resolved') }}

),

records as (

    select * from {{ ref('int_score_records_chosen') }}

),

known_totals as (

    select
        tenant_id,
        score_date,
        count(*) filter (where max_points is null) as unknown_count,
        {{ sum_points('max_points') }} as known_points
    from maxima
    group by tenant_id, score_date

),

controls as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.control_id,
        scores.control_category,
        maxima.service,
        scores.score_points,
        scores.implementation_status,
        scores.description,
        scores.met_count,
        scores.total_count,
        scores.is_on,
        scores.last_synced_at,
        scores.collected_at,
        records.max_score,
        records.is_backfilled,
        coalesce(states.state, case when scored.profile_id is not null then 'default' end)
            as state,
        case when scored.profile_id is null then 'score_only' else 'matched' end as match_status,
        maxima.max_points as resolved_points,
        maxima.max_source as resolved_source,
        case
            when
                maxima.max_points is null
                and totals.unknown_count = 1
                and records.max_score - totals.known_points > 0
                and records.max_score - totals.known_points >= scores.score_points
                then round(records.max_score - totals.known_points, 9)
        end as residual_points
    from {{ ref('int_control_scores') }} as scores
    inner join maxima
        on
            scores.tenant_id = maxima.tenant_id
            and scores.score_date = maxima.score_date
            and scores.control_id = maxima.control_id
    inner join records
        on
            scores.tenant_id = records.tenant_id
            and scores.score_date = records.score_date
    inner join known_totals as totals
        on
            scores.tenant_id = totals.tenant_id
            and scores.score_date = totals.score_date
    inner join {{ ref('int_controls_scored') }} as scored
        on
            scores.tenant_id = scored.tenant_id
            and scores.control_id = scored.control_id
    left join {{ ref('int_control_states_resolved') }} as states
        on
            scores.tenant_id = states.tenant_id
            and scores.score_date = states.score_date
            and scores.control_id = states.control_id

),

with_maximum as (

    select
        *,
        coalesce(resolved_points, residual_points) as max_points,
        case when residual_points is not null then 'residual' else resolved_source end
            as max_source
    from controls

),

-- Microsoft leaves ignored controls out of the maximum, or not: the record's own total tells.
day_totals as (

    select
        tenant_id,
        score_date,
        any_value(max_score) as max_score,
        bool_or(max_points is null and state is distinct from 'ignored') as has_unknown_counted,
        bool_or(max_points is null) as has_unknown,
        {{ sum_points('max_points') }} as all_points,
        {{ sum_points("case when state is distinct from 'ignored' then max_points end") }}
            as counted_points
    from with_maximum
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
    {{ ratio('controls.score_points', 'controls.max_points') }} as score_ratio,
    case
        when {{ ratio('controls.score_points', 'controls.max_points') }} is null then 'unknown'
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
        when controls.state is distinct from 'ignored' then true
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
from with_maximum as controls
inner join day_totals as totals
    on
        controls.tenant_id = totals.tenant_id
        and controls.score_date = totals.score_date
