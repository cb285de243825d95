-- In every public sample the points of the controls add up to currentScore. A row is an arrived day
-- on which they do not: either Microsoft changed what the record holds, or a capture is incomplete.
-- Warns only, since the source decides; `mart_data_quality` keeps the finding.
{{ config(severity='warn', group='posture') }}

select
    scores.tenant_id,
    scores.score_date,
    scores.unattributed_points
from {{ ref('fct_tenant_score_daily') }} as scores
inner join {{ ref('int_score_days_new') }} using (tenant_id, score_date)
where
    scores.scope = 'overall'
    and abs(scores.unattributed_points) > 0.005
