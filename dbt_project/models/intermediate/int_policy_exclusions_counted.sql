-- How many users each policy of the replaced days leaves out by name, group or role; null where a
-- group, or who holds the role, could not be read. Guests as a kind are told apart.
with

exclusions as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        kind,
        named_id
    from {{ ref('int_policy_leaves_named') }}
    where
        path in ('users.excludeUsers', 'users.excludeGroups', 'users.excludeRoles')
        and not (kind = 'user' and name is not null)

),

-- The kind stands on both sides: DuckDB compares every pair where the condition of a left join
-- looks at the left side alone.
counts as (

    select
        tenant_id,
        snapshot_date,
        'group' as kind,
        group_id as named_id,
        user_count
    from {{ ref('int_policy_groups_read') }}

    union all

    select
        tenant_id,
        snapshot_date,
        kind,
        named_id,
        count(*) as user_count
    from {{ ref('int_policy_holders_tagged') }}
    where kind = 'role'
    group by tenant_id, snapshot_date, kind, named_id

),

counted as (

    select
        exclusions.tenant_id,
        exclusions.snapshot_date,
        exclusions.policy_id,
        case exclusions.kind
            when 'user' then 1
            when 'group' then counts.user_count
            when 'role' then case when feeds.has_assignments then coalesce(counts.user_count, 0) end
        end as user_count
    from exclusions
    inner join {{ ref('int_policy_feeds_read') }} as feeds
        on
            exclusions.tenant_id = feeds.tenant_id
            and exclusions.snapshot_date = feeds.snapshot_date
    left join counts
        on
            exclusions.tenant_id = counts.tenant_id
            and exclusions.snapshot_date = counts.snapshot_date
            and exclusions.kind = counts.kind
            and exclusions.named_id = counts.named_id

)

select
    tenant_id,
    snapshot_date,
    policy_id,
    cast(case when count(user_count) = count(*) then sum(user_count) end as bigint)
        as excluded_count
from counted
group by tenant_id, snapshot_date, policy_id
