-- What each tenant's newest score is compared with: its newest record in the four days that end n
-- days before it. One row a tenant and span; a span without a record has no row.
with

scores as (

    select * from {{ ref('fct_tenant_score_daily') }}
    where scope = 'overall'

),

newest as (

    select
        tenant_id,
        max(score_date) as newest_date
    from scores
    group by tenant_id

),

spans as (

    select cast(unnest([7, 30, 90]) as integer) as span_days

)

select
    newest.tenant_id,
    spans.span_days,
    max(scores.score_date) as score_date,
    arg_max(scores.score_points, scores.score_date) as score_points,
    nullif(arg_max(coalesce(scores.score_ratio, -1), scores.score_date), -1) as score_ratio
from newest
cross join spans
inner join scores
    on
        newest.tenant_id = scores.tenant_id
        and scores.score_date between newest.newest_date - spans.span_days - 3
        and newest.newest_date - spans.span_days
group by newest.tenant_id, spans.span_days
