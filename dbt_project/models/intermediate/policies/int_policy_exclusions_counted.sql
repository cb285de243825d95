-- Long: named, in a group and by role are counted apart, and nobody twice.
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
    from {{ ref('int_policy_properties_labelled') }}
    where
        path in ('users.excludeUsers', 'users.excludeGroups', 'users.excludeRoles')
        and not (kind = 'user' and name is not null)

),

role_holders as (

    select
        tenant_id,
        snapshot_date,
        kind,
        named_id,
        lower(principal_id) as person_id
    from {{ ref('int_policy_holders_tagged') }}
    where kind = 'role'

),

members as (

    {{ captured_rows('stg_graph__group_members_transitive', 'group_members') }}

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
    from role_holders
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
    inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
    left join counts using (tenant_id, snapshot_date, kind, named_id)

),

-- Of most members only numbers are kept; whom we know by id must not count twice.
known as (

    select * from role_holders

    union all

    select
        tenant_id,
        snapshot_date,
        'group' as kind,
        group_id as named_id,
        member_id as person_id
    from members
    where member_type = 'user'

    union all

    select distinct
        tenant_id,
        snapshot_date,
        kind,
        named_id,
        named_id as person_id
    from exclusions
    where kind = 'user'

),

repeated as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        sum(times - 1) as repeat_count
    from (
        select
            exclusions.tenant_id,
            exclusions.snapshot_date,
            exclusions.policy_id,
            known.person_id,
            count(*) as times
        from exclusions
        inner join known using (tenant_id, snapshot_date, kind, named_id)
        group by
            exclusions.tenant_id, exclusions.snapshot_date, exclusions.policy_id, known.person_id
    ) as persons
    group by tenant_id, snapshot_date, policy_id

)

select
    counted.tenant_id,
    counted.snapshot_date,
    counted.policy_id,
    cast(
        case
            when count(counted.user_count) = count(*)
                then sum(counted.user_count) - coalesce(any_value(repeated.repeat_count), 0)
        end as bigint
    ) as excluded_count
from counted
left join repeated using (tenant_id, snapshot_date, policy_id)
group by counted.tenant_id, counted.snapshot_date, counted.policy_id
