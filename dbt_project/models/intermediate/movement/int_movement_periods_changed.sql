-- The periods of mart_score_movement that this build replaces: all that end at or after a tenant's
-- first replaced record. Rolling ones end at its newest record; `start_date` is null where there is
-- no record to compare with.
with

changed as (

    select
        tenant_id,
        min(score_date) as from_date
    from {{ ref('int_score_changes_to_rebuild') }}
    group by tenant_id

),

records as (

    select
        records.tenant_id,
        records.score_date
    from {{ ref('int_score_records_chosen') }} as records
    inner join changed using (tenant_id)

),

newest as (

    select
        tenant_id,
        max(score_date) as end_date
    from records
    group by tenant_id

),

spans as (

    select cast(unnest([7, 30, 90]) as integer) as span_days

),

rolling as (

    select
        newest.tenant_id,
        spans.span_days || 'd' as period,
        max(records.score_date) as start_date,
        newest.end_date
    from newest
    cross join spans
    left join records
        on
            newest.tenant_id = records.tenant_id
            and records.score_date between newest.end_date - spans.span_days - 3
            and newest.end_date - spans.span_days
    group by newest.tenant_id, spans.span_days, newest.end_date

),

months as (

    select
        tenant_id,
        strftime(score_date, '%Y-%m') as month,
        min(score_date) as first_date,
        max(score_date) as end_date
    from records
    group by tenant_id, strftime(score_date, '%Y-%m')

),

periods as (

    select * from rolling

    union all

    select
        tenant_id,
        'month:' || month as period,
        coalesce(
            lag(end_date) over (partition by tenant_id order by month), first_date
        ) as start_date,
        end_date
    from months

)

select
    periods.tenant_id,
    periods.period,
    periods.start_date,
    periods.end_date
from periods
inner join changed
    on
        periods.tenant_id = changed.tenant_id
        and periods.end_date >= changed.from_date
