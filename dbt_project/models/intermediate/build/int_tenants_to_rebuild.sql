-- From which day on each tenant's score facts must be computed again. Mostly the first day that
-- arrived. What can alter earlier days (a maximum learnt, a profile seen for the first time, a
-- revised record) starts the tenant from its first day: rare, and never wrong.
with

arrived as (

    select
        tenant_id,
        min(score_date) as from_date
    from {{ ref('int_score_days_new') }}
    group by tenant_id

),

known_days as (

    select
        tenant_id,
        score_date
    from {{ prior('intermediate', 'int_score_records_chosen', {
        'tenant_id': 'varchar',
        'score_date': 'date',
    }) }}

),

known_controls as (

    select
        tenant_id,
        control_id,
        first_score_date
    from {{ prior('intermediate', 'int_controls_scored', {
        'tenant_id': 'varchar',
        'control_id': 'varchar',
        'first_score_date': 'date',
    }) }}

),

-- The last day before the arrived ones: facts of that day carry what later days need to know.
context_days as (

    select
        known_days.tenant_id,
        max(known_days.score_date) as score_date
    from known_days
    inner join arrived
        on
            known_days.tenant_id = arrived.tenant_id
            and known_days.score_date < arrived.from_date
    group by known_days.tenant_id

),

context as (

    select
        facts.tenant_id,
        facts.control_id,
        facts.max_source,
        scores.score_percentage
    from {{ prior('core', 'fct_control_score_daily', {
        'tenant_id': 'varchar',
        'score_date': 'date',
        'control_id': 'varchar',
        'max_source': 'varchar',
    }) }} as facts
    inner join context_days
        on
            facts.tenant_id = context_days.tenant_id
            and facts.score_date = context_days.score_date
    inner join {{ ref('int_control_scores') }} as scores
        on
            facts.tenant_id = scores.tenant_id
            and facts.score_date = scores.score_date
            and facts.control_id = scores.control_id

),

arrived_controls as (

    select
        scores.tenant_id,
        scores.control_id,
        bool_or(coalesce(scores.score_percentage, 0) > 0) as has_evidence
    from {{ ref('int_control_scores') }} as scores
    inner join arrived
        on
            scores.tenant_id = arrived.tenant_id
            and scores.score_date >= arrived.from_date
    group by scores.tenant_id, scores.control_id

),

whole_history as (

    select tenant_id
    from {{ ref('int_score_days_restated') }}

    union

    select tenant_id
    from {{ ref('int_tenants_profiles_revised') }}

    union

    -- a first measurable day reaches back over the days at 0 % before it
    select arrived_controls.tenant_id
    from arrived_controls
    inner join context
        on
            arrived_controls.tenant_id = context.tenant_id
            and arrived_controls.control_id = context.control_id
    where
        arrived_controls.has_evidence
        and coalesce(context.score_percentage, 0) = 0
        and context.max_source <> 'carried'

    union

    -- a control that was away, or without a percentage: its last known maximum lies before the
    -- context day
    select arrived_controls.tenant_id
    from arrived_controls
    inner join known_controls
        on
            arrived_controls.tenant_id = known_controls.tenant_id
            and arrived_controls.control_id = known_controls.control_id
    inner join context_days
        on
            known_controls.tenant_id = context_days.tenant_id
            and known_controls.first_score_date < context_days.score_date
    left join context
        on
            arrived_controls.tenant_id = context.tenant_id
            and arrived_controls.control_id = context.control_id
    where
        context.control_id is null
        or context.score_percentage is null

),

starts as (

    select
        tenant_id,
        from_date
    from arrived

    union all

    select
        tenant_id,
        date '1900-01-01' as from_date
    from whole_history

)

select
    tenant_id,
    min(from_date) as from_date
from starts
group by tenant_id
