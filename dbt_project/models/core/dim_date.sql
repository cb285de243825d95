{{ config(tags=['portfolio']) }}
with

bounds as (

    select
        min(snapshot_date) as first_date,
        max(snapshot_date) as last_date
    from {{ ref('fct_tenant_daily') }}

),

-- Whole years, so that a calendar in a report has no ragged ends.
days as (

    select
        cast(unnest(generate_series(
            date_trunc('year', first_date),
            date_trunc('year', last_date) + interval 1 year - interval 1 day,
            interval 1 day
        )) as date) as calendar_date
    from bounds
    where first_date is not null

)

select
    calendar_date,
    cast(year(calendar_date) as integer) as year_number,
    cast(quarter(calendar_date) as integer) as quarter_number,
    cast(month(calendar_date) as integer) as month_number,
    monthname(calendar_date) as month_name,
    strftime(calendar_date, '%Y-%m') as year_month,
    cast(weekofyear(calendar_date) as integer) as iso_week_number,
    cast(day(calendar_date) as integer) as day_of_month,
    cast(isodow(calendar_date) as integer) as iso_day_of_week,
    dayname(calendar_date) as day_name,
    isodow(calendar_date) >= 6 as is_weekend,
    calendar_date = last_day(calendar_date) as is_month_end
from days
