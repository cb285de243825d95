{{ config(tags=['portfolio']) }}
-- Every day of the portfolio from a tenant's first known overall ratio to its last one, with the
-- ratio and the groups of its record of that day or else of the last before: a tenant that misses a
-- day has neither left nor joined. `is_present` is false where it was not configured meanwhile.
with

scores as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.score_ratio,
        tenants.segment,
        coalesce(tenants.licence_tier, 'unknown') as licence_tier
    from {{ ref('fct_tenant_score_daily') }} as scores
    inner join {{ ref('fct_tenant_daily') }} as tenants
        on
            scores.tenant_id = tenants.tenant_id
            and scores.score_date = tenants.snapshot_date
    where
        scores.scope = 'overall'
        and scores.score_ratio is not null

),

days as (

    select
        score_date,
        lag(score_date) over (order by score_date) as previous_date
    from scores
    group by score_date

),

lifetimes as (

    select
        tenant_id,
        min(score_date) as first_date,
        max(score_date) as last_date
    from scores
    group by tenant_id

),

carried as (

    select
        lifetimes.tenant_id,
        days.score_date,
        days.previous_date,
        last_value(scores.score_date ignore nulls) over so_far as record_date,
        last_value(scores.score_ratio ignore nulls) over so_far as score_ratio,
        last_value(scores.segment ignore nulls) over so_far as segment,
        last_value(scores.licence_tier ignore nulls) over so_far as licence_tier
    from lifetimes
    inner join days
        on days.score_date between lifetimes.first_date and lifetimes.last_date
    left join scores
        on
            lifetimes.tenant_id = scores.tenant_id
            and days.score_date = scores.score_date
    window so_far as (
        partition by lifetimes.tenant_id order by days.score_date rows unbounded preceding
    )

),

present as (

    select
        carried.*,
        carried.record_date = carried.score_date or absences.tenant_id is null as is_present
    from carried
    left join {{ ref('int_tenants_unconfigured') }} as absences
        on
            carried.tenant_id = absences.tenant_id
            and carried.score_date >= absences.from_date
            and carried.score_date < absences.until_date

)

select
    tenant_id,
    score_date,
    previous_date,
    record_date,
    score_ratio,
    segment,
    licence_tier,
    is_present,
    coalesce(lag(is_present) over tenant_days, false) as was_in_portfolio,
    coalesce(lag(is_present) over tenant_days and segment = lag(segment) over tenant_days, false)
        as was_in_segment,
    coalesce(
        lag(is_present) over tenant_days and licence_tier = lag(licence_tier) over tenant_days,
        false
    ) as was_in_licence_tier
from present
window tenant_days as (partition by tenant_id order by score_date)
