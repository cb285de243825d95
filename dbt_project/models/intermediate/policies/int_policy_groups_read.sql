-- One row per group that a policy of the replaced days names: whether we know who is in it, and how
-- many users. A group that was asked for and did not come is gone, and nobody is in it.
with

named as (

    select
        tenant_id,
        snapshot_date,
        named_id as group_id,
        bool_or(is_missing) as is_missing
    from {{ ref('int_policy_properties_labelled') }}
    where kind = 'group'
    group by tenant_id, snapshot_date, named_id

),

counts as (

    {{ captured_rows('stg_graph__group_member_counts', 'group_members') }}

),

counted as (

    select
        tenant_id,
        snapshot_date,
        group_id,
        -- Devices, contacts and the groups inside it are nobody who signs in.
        coalesce(sum(member_count) filter (where member_type = 'user'), 0) as user_count
    from counts
    group by tenant_id, snapshot_date, group_id

)

select
    named.tenant_id,
    named.snapshot_date,
    named.group_id,
    named.is_missing,
    named.is_missing or (feeds.has_groups and feeds.has_members) as is_read,
    cast(
        case
            when named.is_missing then 0
            when feeds.has_groups and feeds.has_members then counted.user_count
        end as bigint
    ) as user_count
from named
inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
left join counted using (tenant_id, snapshot_date, group_id)
