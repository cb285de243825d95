-- Long: each way in which the past can look different is a step with its reason beside it.
-- From which day on each tenant's score facts must be computed again. Mostly the first new day.
-- What can alter earlier days (a maximum learnt, a profile seen for the first time, a restated
-- number that they carry) starts the tenant from its first day: rare, and never wrong.
with

new_days as (

    select
        tenant_id,
        min(score_date) as from_date
    from {{ ref('int_score_days_new') }}
    group by tenant_id

),

-- The last day before the new ones: facts of that day carry what later days need to know.
context_days as (

    select
        records.tenant_id,
        max(records.score_date) as score_date
    from {{ previous_build('intermediate', 'int_score_records_chosen', {
        'tenant_id': 'varchar',
        'score_date': 'date',
    }) }} as records
    inner join new_days
        on
            records.tenant_id = new_days.tenant_id
            and records.score_date < new_days.from_date
    group by records.tenant_id

),

context as (

    select
        facts.tenant_id,
        facts.control_id,
        facts.max_source,
        scores.score_percentage
    from {{ previous_build('core', 'fct_control_score_daily', {
        'tenant_id': 'varchar',
        'score_date': 'date',
        'control_id': 'varchar',
        'max_source': 'varchar',
    }) }} as facts
    inner join context_days using (tenant_id, score_date)
    inner join {{ ref('int_control_scores') }} as scores using (tenant_id, score_date, control_id)

),

new_controls as (

    select
        scores.tenant_id,
        scores.control_id,
        context_days.score_date as context_date,
        bool_or(coalesce(scores.score_percentage, 0) > 0) as has_evidence
    from {{ ref('int_control_scores') }} as scores
    inner join new_days
        on
            scores.tenant_id = new_days.tenant_id
            and scores.score_date >= new_days.from_date
    inner join context_days
        on scores.tenant_id = context_days.tenant_id
    group by scores.tenant_id, scores.control_id, context_days.score_date

),

starts as (

    select
        tenant_id,
        from_date
    from new_days

    union all

    -- days at 0 % before a restated number may have carried its maximum, unless one lies between
    select
        restated.tenant_id,
        date '1900-01-01' as from_date
    from {{ ref('int_control_scores_restated') }} as restated
    left join context using (tenant_id, control_id)
    where coalesce(context.score_percentage, 0) = 0

    union all

    select
        tenant_id,
        date '1900-01-01' as from_date
    from {{ ref('int_tenants_profiles_restated') }}

    union all

    select
        new_controls.tenant_id,
        date '1900-01-01' as from_date
    from new_controls
    left join context using (tenant_id, control_id)
    left join {{ previous_build('intermediate', 'int_controls_scored', {
        'tenant_id': 'varchar',
        'control_id': 'varchar',
        'first_score_date': 'date',
    }) }} as scored
        on
            new_controls.tenant_id = scored.tenant_id
            and new_controls.control_id = scored.control_id
            and new_controls.context_date > scored.first_score_date
    where
        -- a first measurable day reaches back over the days at 0 % before it
        (
            new_controls.has_evidence
            and coalesce(context.score_percentage, 0) = 0
            and context.max_source <> 'carried'
        )
        -- a control that was away, or without a percentage: its last known maximum lies before the
        -- context day
        or (
            scored.control_id is not null
            and (context.control_id is null or context.score_percentage is null)
        )

)

select
    tenant_id,
    min(from_date) as from_date
from starts
group by tenant_id
