-- Exceptions are no steps: a decision stands against them, and mart_exceptions has them. Nor are
-- parts: the action they belong to is the step.
with

actions as (

    select * from {{ ref('mart_recommended_actions') }}
    where action_group not in ('exception', 'part')

),

-- Also what the roadmap does not lead through: exceptions.
missing as (

    select
        tenant_id,
        {{ sum_points('gain_points') }} as missing_points
    from {{ ref('mart_recommended_actions') }}
    where action_group <> 'part'
    group by tenant_id

),

scores as (

    select
        tenant_id,
        score_date,
        max_points,
        score_ratio
    from {{ ref('fct_tenant_score_daily') }}
    where scope = 'overall'

),

added as (

    select
        actions.*,
        cast(
            sum(cast(actions.gain_points as decimal(38, 12))) over steps as double
        ) as cumulative_points,
        cast(
            sum(cast(actions.effort_weight as decimal(38, 12))) over steps as double
        ) as cumulative_effort_weight
    from actions
    window steps as (
        partition by actions.tenant_id order by actions.action_rank rows unbounded preceding
    )

)

select
    added.tenant_id,
    added.score_date,
    added.action_rank as step_number,
    added.control_id,
    added.title,
    added.action_group,
    added.gain_points,
    added.cumulative_points,
    round(
        scores.max_points
        * ({{ ratio_after(
            'scores.score_ratio', 'added.cumulative_points', 'missing.missing_points'
        ) }}),
        9
    ) + 0.0 as score_after_points,
    scores.score_ratio as ratio_before,
    {{ ratio_after('scores.score_ratio', 'added.cumulative_points', 'missing.missing_points') }}
        as ratio_after,
    added.effort_weight,
    added.cumulative_effort_weight,
    added.is_quick_win,
    added.has_user_impact,
    case when not coalesce(added.is_licence_owned, false) then added.required_licence end
        as needed_licence,
    added.is_licence_owned,
    added.missing_seat_count,
    added.owner,
    added.ticket,
    added.review_by_date
from added
inner join missing using (tenant_id)
left join scores using (tenant_id, score_date)
