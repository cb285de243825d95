-- depends_on: {{ ref('int_score_days_to_rebuild') }}
{{
    config(
        materialized='incremental',
        replace_days='int_score_days_to_rebuild',
        replace_key=['tenant_id', 'score_date'],
    )
}}

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
    case
        when coalesce(maxima.max_points, 0) = 0 then 'unknown'
        when scores.score_points <= 0 then 'none'
        when scores.score_points >= maxima.max_points - 1e-9 then 'full'
        else 'partial'
    end as implementation_level,
    scores.implementation_status,
    scores.description,
    scores.met_count,
    scores.total_count,
    scores.is_on,
    coalesce(states.state, case when scored.profile_id is not null then 'default' end) as state,
    maxima.counts_in_maximum,
    case when scored.profile_id is null then 'score_only' else 'matched' end as match_status,
    scores.last_synced_at,
    records.is_backfilled,
    scores.collected_at
from {{ ref('int_control_scores') }} as scores
inner join {{ ref('int_control_maxima_completed') }} as maxima
    using (tenant_id, score_date, control_id)
inner join {{ ref('int_score_records_chosen') }} as records using (tenant_id, score_date)
inner join {{ ref('int_controls_scored') }} as scored using (tenant_id, control_id)
left join {{ ref('int_control_states_resolved') }} as states
    using (tenant_id, score_date, control_id)
