-- Long: who is named, and which policies want it, are each found in a step of their own.
-- One row per user who holds a role and replaced day: whether every enabled policy names the user,
-- or a group with the user in it, as excluded. Blocks of legacy clients alone need not, nor what is
-- for no person; null where policies, or a group that would have to be it, could not be read.
-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

policies as (

    select
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id
    from {{ ref('int_policies_captured') }} as policies
    inner join {{ ref('int_policy_properties_labelled') }} as leaves
        using (tenant_id, snapshot_date, policy_id)
    where policies.policy_state = 'enabled'
    group by policies.tenant_id, policies.snapshot_date, policies.policy_id
    having
        bool_or(
            leaves.path like 'users.include%' and leaves.named_id not in ('none', 'allagentidusers')
        )
        and not (
            bool_or(leaves.path = 'builtInControls' and leaves.named_id = 'block')
            and count(*) filter (where leaves.aspect = 'client_apps') > 0
            and count(*) filter (
                where
                leaves.aspect = 'client_apps'
                and leaves.named_id not in ('exchangeactivesync', 'other')
            ) = 0
        )

),

exclusions as (

    select distinct
        leaves.tenant_id,
        leaves.snapshot_date,
        leaves.policy_id,
        leaves.kind,
        leaves.named_id
    from {{ ref('int_policy_properties_labelled') }} as leaves
    inner join policies using (tenant_id, snapshot_date, policy_id)
    where
        leaves.path in ('users.excludeUsers', 'users.excludeGroups')
        and not (leaves.kind = 'user' and leaves.name is not null)

),

unread as (

    select distinct
        exclusions.tenant_id,
        exclusions.snapshot_date,
        exclusions.policy_id
    from exclusions
    inner join {{ ref('int_policy_groups_read') }} as groups
        on
            exclusions.tenant_id = groups.tenant_id
            and exclusions.snapshot_date = groups.snapshot_date
            and exclusions.named_id = groups.group_id
            and exclusions.kind = 'group'
    where not groups.is_read

),

named as (

    select distinct
        exclusions.tenant_id,
        exclusions.snapshot_date,
        exclusions.policy_id,
        tags.principal_id
    from exclusions
    inner join {{ ref('int_policy_holders_tagged') }} as tags
        using (tenant_id, snapshot_date, kind, named_id)

),

holders as (

    select distinct
        tenant_id,
        snapshot_date,
        principal_id
    from {{ ref('int_policy_holders_tagged') }}

)

select
    holders.tenant_id,
    holders.snapshot_date,
    holders.principal_id,
    count(policies.policy_id) as policy_count,
    case
        when not feeds.has_policies then null
        when
            count(*) filter (
                where
                policies.policy_id is not null
                and named.policy_id is null
                and unread.policy_id is null
            ) > 0
            then false
        when count(*) filter (where named.policy_id is null and unread.policy_id is not null) = 0
            then true
    end as is_excluded_everywhere
from holders
inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
left join policies using (tenant_id, snapshot_date)
left join unread
    on
        policies.tenant_id = unread.tenant_id
        and policies.snapshot_date = unread.snapshot_date
        and policies.policy_id = unread.policy_id
left join named
    on
        policies.tenant_id = named.tenant_id
        and policies.snapshot_date = named.snapshot_date
        and policies.policy_id = named.policy_id
        and holders.principal_id = named.principal_id
group by holders.tenant_id, holders.snapshot_date, holders.principal_id, feeds.has_policies
