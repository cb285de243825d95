-- The controls of every replaced day that differ from the tenant's previous record in points,
-- maximum, state or presence; all of them on its first record, which is where history begins.
with

steps as (

    select
        records.tenant_id,
        records.score_date,
        records.previous_date,
        records.is_backfilled
    from (
        select
            tenant_id,
            score_date,
            is_backfilled,
            lag(score_date) over (partition by tenant_id order by score_date) as previous_date
        from {{ ref('int_score_records_chosen') }}
    ) as records
    inner join {{ ref('int_score_days_to_rebuild') }} using (tenant_id, score_date)

),

{% for side, day in [('after', 'score_date'), ('before', 'previous_date')] %}
    controls_{{ side }} as (

        select
            steps.tenant_id,
            steps.score_date,
            facts.control_id,
            facts.score_points,
            facts.max_points,
            facts.score_ratio,
            facts.implementation_level,
            facts.state
        from {{ ref('fct_control_score_daily') }} as facts
        inner join steps
            on
                facts.tenant_id = steps.tenant_id
                and facts.score_date = steps.{{ day }}

    ),
{% endfor %}

compared as (

    select
        coalesce(after.tenant_id, before.tenant_id) as tenant_id,
        coalesce(after.score_date, before.score_date) as score_date,
        coalesce(after.control_id, before.control_id) as control_id,
        after.control_id is not null as is_scored,
        before.control_id is not null as was_scored,
        after.score_points,
        after.max_points,
        after.score_ratio,
        after.implementation_level,
        after.state,
        before.score_points as previous_score_points,
        before.max_points as previous_max_points,
        before.score_ratio as previous_score_ratio,
        before.implementation_level as previous_level,
        before.state as previous_state,
        -- The share of the maximum, so that a control Microsoft reweighs is no one's progress.
        round(
            coalesce(
                after.score_ratio - before.score_ratio,
                after.score_points - before.score_points
            ),
            9
        ) as progress
    from controls_after as after
    full outer join controls_before as before
        on
            after.tenant_id = before.tenant_id
            and after.score_date = before.score_date
            and after.control_id = before.control_id

)

select
    compared.*,
    steps.previous_date,
    steps.is_backfilled,
    case
        when steps.previous_date is null then null
        when not compared.was_scored then 'appeared'
        when not compared.is_scored then 'disappeared'
        when compared.previous_level = 'full' and compared.score_ratio < 1 then 'opened'
        when compared.implementation_level = 'full' and compared.previous_score_ratio < 1
            then 'completed'
        when
            compared.implementation_level <> compared.previous_level
            and 'unknown' in (compared.implementation_level, compared.previous_level)
            then 'reassessed'
        when compared.progress > 0 then 'improved'
        when compared.progress < 0 then 'regressed'
    end as event_kind
from compared
inner join steps using (tenant_id, score_date)
where
    steps.previous_date is null
    or compared.is_scored <> compared.was_scored
    or compared.score_points is distinct from compared.previous_score_points
    or compared.max_points is distinct from compared.previous_max_points
    or compared.state is distinct from compared.previous_state
