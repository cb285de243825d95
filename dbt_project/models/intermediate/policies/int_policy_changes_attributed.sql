-- Long: what the log can tell of a change, and until when, is decided before anybody is named.
-- Who changed a policy: everyone whom the audit log names for it between the two captures that show
-- the change. The first reading on the change's day or later tells, as far back as the log is kept.
with

changes as (

    select
        *,
        case policy_kind
            when 'security_defaults' then 'security_defaults'
            else 'conditional_access_policies'
        end as feed
    from {{ ref('int_policy_changes') }}

),

days as (

    select
        tenant_id,
        snapshot_date
    from changes

    union

    select
        tenant_id,
        previous_date as snapshot_date
    from changes

),

captures as (

    select
        collection.tenant_id,
        collection.extract_date as snapshot_date,
        collection.feed,
        max(collection.collected_at) as collected_at
    from {{ ref('fct_collection') }} as collection
    inner join days
        on
            collection.tenant_id = days.tenant_id
            and collection.extract_date = days.snapshot_date
    where
        collection.feed in ('conditional_access_policies', 'security_defaults')
        and collection.outcome in ('ok', 'empty')
    group by collection.tenant_id, collection.extract_date, collection.feed

),

outcomes as (

    select
        tenant_id,
        snapshot_date,
        outcome
    from {{ ref('int_feed_outcomes') }}
    where feed = 'directory_audits'

),

readings as (

    select
        outcomes.tenant_id,
        outcomes.snapshot_date,
        outcomes.outcome,
        case
            when tenants.licence_tier in ('p1', 'p2') then {{ var('audit_log_days') }}
            else {{ var('audit_log_days_free') }}
        end as kept_days,
        lag(outcomes.snapshot_date) over (
            partition by outcomes.tenant_id order by outcomes.snapshot_date
        ) as previous_reading_date
    from outcomes
    left join {{ ref('fct_tenant_daily') }} as tenants using (tenant_id, snapshot_date)
    where outcomes.outcome in ('ok', 'empty')

),

-- A reading reaches back to what the one before it had, where none of the log was lost between.
reaching as (

    select
        *,
        case
            when previous_reading_date >= snapshot_date - kept_days
                then previous_reading_date - kept_days
            else snapshot_date - kept_days
        end as told_from_date
    from readings

),

dated as (

    select
        changes.*,
        earlier.collected_at as changed_after,
        later.collected_at as changed_until,
        coalesce(outcomes.outcome, 'not_collected') as day_outcome,
        case when changes.snapshot_date >= reaching.told_from_date then reaching.outcome end
            as told_outcome,
        changes.previous_date < reaching.told_from_date as is_told_in_part
    from changes
    inner join captures as earlier
        on
            changes.tenant_id = earlier.tenant_id
            and changes.previous_date = earlier.snapshot_date
            and changes.feed = earlier.feed
    inner join captures as later
        on
            changes.tenant_id = later.tenant_id
            and changes.snapshot_date = later.snapshot_date
            and changes.feed = later.feed
    left join outcomes
        on
            changes.tenant_id = outcomes.tenant_id
            and changes.snapshot_date = outcomes.snapshot_date
    asof left join reaching
        on
            changes.tenant_id = reaching.tenant_id
            and changes.snapshot_date <= reaching.snapshot_date

),

named as (

    select
        dated.tenant_id,
        dated.snapshot_date,
        dated.policy_id,
        array_to_string(list_sort(list(distinct audits.actor_name)), ', ') as changed_by
    from dated
    inner join {{ ref('int_policy_audits_read') }} as audits
        on
            dated.tenant_id = audits.tenant_id
            and dated.changed_after < audits.activity_at
            and dated.changed_until >= audits.activity_at
            and (
                lower(dated.policy_id) = audits.target_id
                or (
                    dated.policy_kind = 'security_defaults'
                    and audits.activity = 'update security defaults'
                )
            )
    group by dated.tenant_id, dated.snapshot_date, dated.policy_id

)

select
    dated.tenant_id,
    dated.snapshot_date,
    dated.previous_date,
    dated.policy_id,
    dated.policy_name,
    dated.event_kind,
    dated.previous_value,
    dated.new_value,
    dated.event_at,
    case when dated.told_outcome is not null then named.changed_by end as changed_by,
    case
        when dated.told_outcome is null then dated.day_outcome
        when dated.is_told_in_part then 'partial'
        else dated.told_outcome
    end as changed_by_status
from dated
left join named using (tenant_id, snapshot_date, policy_id)
