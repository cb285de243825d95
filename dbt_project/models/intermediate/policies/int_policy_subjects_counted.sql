-- One row per user, group and role that a policy of the replaced days names: how many users that
-- is, null where the group, or who holds the role, could not be read.
with

named as (

    select distinct
        tenant_id,
        snapshot_date,
        kind,
        named_id
    from {{ ref('int_policy_properties_labelled') }}
    where
        path in (
            'users.includeUsers', 'users.includeGroups', 'users.includeRoles',
            'users.excludeUsers', 'users.excludeGroups', 'users.excludeRoles'
        )
        and not (kind = 'user' and name is not null)

),

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

)

select
    named.tenant_id,
    named.snapshot_date,
    named.kind,
    named.named_id,
    cast(
        case named.kind
            when 'user' then 1
            when 'group' then counts.user_count
            when 'role' then case when feeds.has_assignments then coalesce(counts.user_count, 0) end
        end as bigint
    ) as user_count
from named
inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
left join counts using (tenant_id, snapshot_date, kind, named_id)
