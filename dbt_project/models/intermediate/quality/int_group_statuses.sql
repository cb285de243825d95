-- One outcome per group of columns, changed tenant-day: that of its feeds where they agree,
-- `partial` where only some were read or one lacks a part of its own, `not_collected` where none
-- was asked.
with

expected as (

    select
        days.tenant_id,
        days.snapshot_date,
        feeds.feed_group,
        coalesce(outcomes.outcome, 'not_collected') as outcome,
        coalesce(outcomes.is_partial, false) as is_partial
    from {{ ref('int_tenant_days_to_rebuild') }} as days
    cross join {{ ref('feed_groups') }} as feeds
    left join {{ ref('int_feed_outcomes') }} as outcomes
        on
            days.tenant_id = outcomes.tenant_id
            and days.snapshot_date = outcomes.snapshot_date
            and feeds.feed = outcomes.feed
    left join {{ ref('int_privileged_groups_held') }} as held_groups
        on
            days.tenant_id = held_groups.tenant_id
            and days.snapshot_date = held_groups.snapshot_date
    where
        not feeds.is_about_groups
        or held_groups.tenant_id is not null

),

counted as (

    select
        tenant_id,
        snapshot_date,
        feed_group,
        count(*) as feed_count,
        count(*) filter (where outcome in ('ok', 'empty')) as read_count,
        bool_or(is_partial) as is_partial,
        bool_and(outcome = 'empty') as is_empty,
        min(outcome) filter (where outcome not in ('ok', 'empty')) as failed_outcome
    from expected
    group by tenant_id, snapshot_date, feed_group

)

select
    tenant_id,
    snapshot_date,
    feed_group,
    case
        when is_partial then 'partial'
        when is_empty then 'empty'
        when read_count = feed_count then 'ok'
        when read_count > 0 then 'partial'
        else failed_outcome
    end as status
from counted
