{{ config(tags=['portfolio']) }}
-- The tenants that make each window's constant cohort: those with a known score on both its first
-- and its last day, in the group they are in on the last one.
with

scores as (

    select * from {{ ref('int_tenant_scores_grouped') }}

),

newest as (

    select max(score_date) as newest_date
    from scores

),

last_week as (

    select
        newest.newest_date,
        count(distinct scores.tenant_id) as tenant_count
    from scores
    inner join newest
        on scores.score_date > newest.newest_date - 7
    group by newest.newest_date

),

days as (

    select
        scores.score_date,
        last_week.newest_date,
        count(*) * 2 >= last_week.tenant_count as has_half
    from scores
    inner join last_week
        on scores.score_date > last_week.newest_date - 7
    group by scores.score_date, last_week.newest_date, last_week.tenant_count

),

-- Where the newest day has only begun, the few that have a record are not the portfolio: the
-- windows then end on the last day on which half of it has one.
ends as (

    select coalesce(max(score_date) filter (where has_half), max(newest_date)) as last_date
    from days

),

windows as (

    select
        last_date,
        unnest([30, 90, 365]) as window_days
    from ends

)

select
    windows.window_days,
    windows.last_date - windows.window_days + 1 as first_date,
    windows.last_date,
    lasts.tenant_id,
    lasts.segment,
    lasts.licence_tier
from windows
inner join scores as lasts
    on windows.last_date = lasts.score_date
inner join scores as firsts
    on
        lasts.tenant_id = firsts.tenant_id
        and windows.last_date - windows.window_days + 1 = firsts.score_date
