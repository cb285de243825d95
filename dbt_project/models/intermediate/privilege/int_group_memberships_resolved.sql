-- One row per way of being a direct member of a group: what the plain list says, unless PIM for
-- Groups explains it, and what PIM alone knows.
with

reported as (

    select * from {{ ref('int_group_memberships_unioned') }}

),

listed as (

    select
        tenant_id,
        snapshot_date,
        group_id,
        principal_id,
        min(run_id) as run_id
    from reported
    where feed = 'group_members'
    group by tenant_id, snapshot_date, group_id, principal_id

),

instances as (

    -- What the members of a member group have by it is told by the way through that group; only
    -- one of them who activates it is a member for himself.
    select * from reported
    where
        feed = 'group_assignment_schedule_instances'
        and (member_type <> 'group' or membership_kind = 'activated')

),

active as (

    select
        coalesce(listed.tenant_id, instances.tenant_id) as tenant_id,
        coalesce(listed.snapshot_date, instances.snapshot_date) as snapshot_date,
        coalesce(listed.group_id, instances.group_id) as group_id,
        coalesce(listed.principal_id, instances.principal_id) as principal_id,
        coalesce(listed.run_id, instances.run_id) as run_id,
        instances.membership_kind,
        instances.start_at,
        instances.end_at
    from listed
    full outer join instances
        on
            listed.tenant_id = instances.tenant_id
            and listed.snapshot_date = instances.snapshot_date
            and listed.group_id = instances.group_id
            and listed.principal_id = instances.principal_id

),

resolved as (

    select
        active.tenant_id,
        active.snapshot_date,
        active.group_id,
        active.principal_id,
        active.run_id,
        coalesce(active.membership_kind, 'standing') as membership_kind,
        active.start_at,
        active.end_at
    from active

    union all

    select
        tenant_id,
        snapshot_date,
        group_id,
        principal_id,
        run_id,
        membership_kind,
        start_at,
        end_at
    from reported
    where
        feed = 'group_eligibility_schedule_instances'
        and member_type <> 'group'

)

select
    resolved.tenant_id,
    resolved.snapshot_date,
    resolved.group_id,
    resolved.principal_id,
    resolved.membership_kind,
    resolved.membership_kind in ('activated', 'eligible') as is_through_pim,
    principals.principal_type,
    principals.is_guest,
    -- The first run that named this member, so that it can be told whether its own were asked.
    min(resolved.run_id) as run_id,
    min(resolved.start_at) as start_at,
    case when count(resolved.end_at) = count(*) then max(resolved.end_at) end as end_at
from resolved
inner join {{ ref('int_principals_observed') }} as principals
    on
        resolved.tenant_id = principals.tenant_id
        and resolved.snapshot_date = principals.snapshot_date
        and resolved.principal_id = principals.principal_id
group by
    resolved.tenant_id,
    resolved.snapshot_date,
    resolved.group_id,
    resolved.principal_id,
    resolved.membership_kind,
    principals.principal_type,
    principals.is_guest
