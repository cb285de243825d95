-- Long: the walk, its cycles and what it could not read are one recursion.
{%- set kinds = "['standing', 'active_unknown', 'activated', 'eligible']" -%}

-- Who is reached through each group that holds a role, and in which way: groups are walked down
-- member by member. A group whose own members nobody told stands for them, and is reached itself.
with recursive

memberships as (

    select
        *,
        -- Of the ways along a path the one that gives least wins.
        list_position({{ kinds }}, membership_kind) as kind_rank
    from {{ ref('int_group_memberships_resolved') }}

),

roots as (

    select distinct
        tenant_id,
        snapshot_date,
        principal_id as group_id
    from {{ ref('int_role_assignments_classified') }}
    where principal_type = 'group'

),

-- A group comes once on a path, which ends every cycle. Of the paths that give the same only the
-- smallest goes on, so that no tangle of groups grows without bound.
walked as (

    select
        tenant_id,
        snapshot_date,
        group_id as via_group_id,
        group_id,
        1 as kind_rank,
        false as is_through_pim,
        0 as depth,
        group_id as group_path,
        cast(null as timestamp) as start_at,
        cast(null as timestamp) as end_at
    from roots

    union all

    select
        walked.tenant_id,
        walked.snapshot_date,
        walked.via_group_id,
        memberships.principal_id as group_id,
        greatest(walked.kind_rank, memberships.kind_rank) as kind_rank,
        walked.is_through_pim or memberships.is_through_pim as is_through_pim,
        walked.depth + 1 as depth,
        min(walked.group_path || '/' || memberships.principal_id) as group_path,
        min(greatest(walked.start_at, memberships.start_at)) as start_at,
        case
            when count(least(walked.end_at, memberships.end_at)) = count(*)
                then max(least(walked.end_at, memberships.end_at))
        end as end_at
    from walked
    inner join memberships
        on
            walked.tenant_id = memberships.tenant_id
            and walked.snapshot_date = memberships.snapshot_date
            and lower(walked.group_id) = memberships.group_id
    where
        memberships.principal_type = 'group'
        and not list_contains(string_split(walked.group_path, '/'), memberships.principal_id)
        and walked.depth < {{ var('group_depth') }}
    group by all

)

select
    walked.tenant_id,
    walked.snapshot_date,
    walked.via_group_id,
    memberships.principal_id,
    memberships.principal_type,
    memberships.is_guest,
    {{ kinds }}[greatest(walked.kind_rank, memberships.kind_rank)] as membership_kind,
    case
        when walked.is_through_pim or memberships.is_through_pim then 'pim_group'
        when walked.depth > 0 then 'nested_group'
        else 'group'
    end as path,
    walked.depth,
    walked.group_path,
    greatest(walked.start_at, memberships.start_at) as start_at,
    least(walked.end_at, memberships.end_at) as end_at
from walked
inner join memberships
    on
        walked.tenant_id = memberships.tenant_id
        and walked.snapshot_date = memberships.snapshot_date
        and lower(walked.group_id) = memberships.group_id
left join {{ ref('int_groups_unreadable') }} as unread
    on
        memberships.tenant_id = unread.tenant_id
        and memberships.snapshot_date = unread.snapshot_date
        and memberships.principal_id = unread.group_id
where
    -- Devices and contacts may be members and can use no role.
    memberships.principal_type not in ('group', 'device', 'org_contact')
    or unread.group_id is not null

union all

select
    roots.tenant_id,
    roots.snapshot_date,
    roots.group_id as via_group_id,
    roots.group_id as principal_id,
    'group' as principal_type,
    cast(null as boolean) as is_guest,
    'standing' as membership_kind,
    'direct' as path,
    0 as depth,
    '' as group_path,
    cast(null as timestamp) as start_at,
    cast(null as timestamp) as end_at
from roots
inner join {{ ref('int_groups_unreadable') }} using (tenant_id, snapshot_date, group_id)
