-- Long: the rules are an order, and each looks at what the one before it left.
{%- set score = 'measured.score_points' %}
{%- set valid_fits = fits(score, 'measured.valid_max_points') %}
{%- set later_fits = fits(score, 'measured.later_max_points') %}
{%- set carries = 'measured.score_percentage = 0 and ' ~ fits(score, 'carried.carried_points') %}

-- The maximum of every control on every changed day, by the first rule that applies:
-- 1 the day's own record, 2 the nearest day that has one, 3 the valid profile, 4 the first later
-- profile; the fifth, the residual of the record, needs the whole day and follows in the fact.
with

tenants as (

    select * from {{ ref('int_tenants_to_rebuild') }}

),

measured as (

    select * from {{ ref('int_control_maxima_measured') }}

),

context_days as (

    select
        records.tenant_id,
        max(records.score_date) as score_date
    from {{ ref('int_score_records_chosen') }} as records
    inner join tenants
        on
            records.tenant_id = tenants.tenant_id
            and records.score_date < tenants.from_date
    group by records.tenant_id

),

-- What the last day before the changed ones measured or carried, standing in for all before it.
context as (

    select
        facts.tenant_id,
        facts.score_date,
        facts.control_id,
        facts.max_points,
        maxima.capture_date as maximum_since
    from {{ previous_build('core', 'fct_control_score_daily', {
        'tenant_id': 'varchar',
        'score_date': 'date',
        'control_id': 'varchar',
        'max_points': 'double',
        'max_source': 'varchar',
    }) }} as facts
    inner join context_days using (tenant_id, score_date)
    inner join {{ ref('int_control_scores') }} as scores using (tenant_id, score_date, control_id)
    inner join {{ ref('int_controls_scored') }} as scored using (tenant_id, control_id)
    left join {{ ref('int_control_maxima') }} as maxima
        on
            facts.tenant_id = maxima.tenant_id
            and scored.profile_id = maxima.control_id
            and facts.score_date >= maxima.valid_from_date
            and facts.score_date < maxima.valid_until_date
    where
        scores.score_percentage > 0
        or facts.max_source = 'carried'

),

timeline as (

    select
        tenant_id,
        score_date,
        control_id,
        maximum_since,
        measured_points
    from measured

    union all

    select
        tenant_id,
        score_date,
        control_id,
        maximum_since,
        max_points as measured_points
    from context

),

carried as (

    select
        tenant_id,
        score_date,
        control_id,
        coalesce(
            last_value(measured_points ignore nulls) over (
                partition by tenant_id, control_id, maximum_since order by score_date
                rows between unbounded preceding and current row
            ),
            first_value(measured_points ignore nulls) over (
                partition by tenant_id, control_id, maximum_since order by score_date
                rows between current row and unbounded following
            )
        ) as carried_points
    from timeline

)

select
    measured.tenant_id,
    measured.score_date,
    measured.control_id,
    measured.service,
    case
        when measured.has_evidence then measured.measured_points
        when {{ carries }} then carried.carried_points
        when {{ valid_fits }} then measured.valid_max_points
        when {{ later_fits }} then measured.later_max_points
    end as max_points,
    case
        when measured.has_evidence then measured.measured_source
        when {{ carries }} then 'carried'
        when {{ valid_fits }} then 'profile'
        when {{ later_fits }} then 'first_profile'
        else 'unknown'
    end as max_source
from measured
inner join carried using (tenant_id, score_date, control_id)
