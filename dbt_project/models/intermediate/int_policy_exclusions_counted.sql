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

role_holders as (

    select
        tenant_id,
        snapshot_date,
        named_id,
        count(*) as user_count
    from {{ ref('int_policy_holders_tagged') }}
    where kind = 'role'
    group by tenant_id, snapshot_date, named_id

)

select
    exclusions.tenant_id,
    exclusions.snapshot_date,
    exclusions.policy_id,
    cast(
        case
            when bool_and(
                    case exclusions.kind
                        when 'group' then groups.user_count is not null
                        when 'role' then feeds.has_assignments
                        else true
                    end
                )
                then sum(
                        case exclusions.kind
                            when 'group' then groups.user_count
                            when 'role' then coalesce(role_holders.user_count, 0)
                            else 1
                        end
                    )
        end as bigint
    ) as excluded_count
from exclusions
inner join {{ ref('int_policy_feeds_read') }} as feeds
    on
        exclusions.tenant_id = feeds.tenant_id
        and exclusions.snapshot_date = feeds.snapshot_date
left join {{ ref('int_policy_groups_read') }} as groups
    on
        exclusions.kind = 'group'
        and exclusions.tenant_id = groups.tenant_id
        and exclusions.snapshot_date = groups.snapshot_date
        and exclusions.named_id = groups.group_id
left join role_holders
    on
        exclusions.kind = 'role'
        and exclusions.tenant_id = role_holders.tenant_id
        and exclusions.snapshot_date = role_holders.snapshot_date
        and exclusions.named_id = role_holders.named_id
group by exclusions.tenant_id, exclusions.snapshot_date, exclusions.policy_id
