{{ config(tags=['portfolio']) }}
-- The tenants that make each window's constant cohort: those with a known score at both its ends,
-- in the group they are in on the last day. A window of n days ends on D and starts with the newest
-- record in the four days that end n days before it, as a tenant's own change does.
with

scores as (

    select * from {{ ref('int_tenant_scores_grouped') }}
    where score_date = record_date

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

),

starting as (

    select
        windows.window_days,
        windows.last_date,
        scores.tenant_id,
        max(max(scores.score_date)) over (partition by windows.window_days) as first_date
    from windows
    inner join scores
        on
            scores.score_date between windows.last_date - windows.window_days - 3
            and windows.last_date - windows.window_days
    group by windows.window_days, windows.last_date, scores.tenant_id

)

select
    starting.window_days,
    starting.first_date,
    starting.last_date,
    lasts.tenant_id,
    lasts.segment,
    lasts.licence_tier
from starting
inner join scores as lasts
    on
        starting.tenant_id = lasts.tenant_id
        and starting.last_date = lasts.score_date
