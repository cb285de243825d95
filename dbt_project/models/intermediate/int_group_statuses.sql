-- One outcome per group of columns, changed tenant-day: that of its feeds where they agree,
-- `partial` where only some were read, `not_collected` where none was asked.
with

groups as (

    select distinct feed_group
    from {{ ref('feed_groups') }}

),

expected as (

    select
        days.tenant_id,
        days.snapshot_date,
        feeds.feed_group,
        coalesce(outcomes.outcome, 'not_collected') as outcome
    from {{ ref('int_tenant_days_changed') }} as days
    cross join {{ ref('feed_groups') }} as feeds
    left join {{ ref('int_feed_outcomes') }} as outcomes
        on
            days.tenant_id = outcomes.tenant_id
            and days.snapshot_date = outcomes.snapshot_date
            and feeds.feed = outcomes.feed

),

counted as (

    select
        tenant_id,
        snapshot_date,
        feed_group,
        count(*) as feed_count,
        count(*) filter (where outcome in ('ok', 'empty')) as read_count,
        bool_and(outcome = 'empty') as is_empty,
        min(outcome) filter (where outcome not in ('ok', 'empty')) as failed_outcome,
        count(distinct outcome) filter (where outcome not in ('ok', 'empty')) as failure_count
    from expected
    group by tenant_id, snapshot_date, feed_group

)

select
    counted.tenant_id,
    counted.snapshot_date,
    groups.feed_group,
    case
        when counted.is_empty then 'empty'
        when counted.read_count = counted.feed_count then 'ok'
        when counted.read_count > 0 then 'partial'
        else counted.failed_outcome
    end as status
from counted
inner join groups
    on counted.feed_group = groups.feed_group
