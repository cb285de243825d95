{{ config(tags=['portfolio']) }}
-- Every known overall ratio with the groups its tenant was in that day, and whether it was there on
-- the portfolio's day before, in the same group.
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

)

select
    scores.tenant_id,
    scores.score_date,
    days.previous_date,
    scores.score_ratio,
    scores.segment,
    scores.licence_tier,
    earlier.tenant_id is not null as was_in_portfolio,
    coalesce(scores.segment = earlier.segment, false) as was_in_segment,
    coalesce(scores.licence_tier = earlier.licence_tier, false) as was_in_licence_tier
from scores
inner join days using (score_date)
left join scores as earlier
    on
        scores.tenant_id = earlier.tenant_id
        and days.previous_date = earlier.score_date
