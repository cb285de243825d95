-- The state of the controls that ever had one, on each changed day: the newest update made before
-- the day ended, among those that a profile of that day or a later one still lists.
select
    scores.tenant_id,
    scores.score_date,
    scores.control_id,
    arg_max(
        states.state,
        (coalesce(states.updated_at, timestamp '1900-01-01 00:00:00'), states.item_index)
    ) as state
from {{ ref('int_control_scores') }} as scores
inner join {{ ref('int_score_days_to_rebuild') }} using (tenant_id, score_date)
inner join {{ ref('int_controls_scored') }} as scored using (tenant_id, control_id)
inner join {{ ref('int_control_states_dated') }} as states
    on
        scored.tenant_id = states.tenant_id
        and scored.profile_id = states.control_id
        and scores.score_date < states.listed_until
        and (
            states.updated_at is null
            or states.updated_at < scores.score_date + interval 1 day
        )
group by scores.tenant_id, scores.score_date, scores.control_id
