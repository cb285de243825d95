-- Groups that matter to roles and whose members nobody told on the replaced days. A run asks for
-- the members of the groups that it knows: one that only a later run named was not asked for, and
-- is no empty group.
with

named as (

    select
        tenant_id,
        snapshot_date,
        principal_id as group_id,
        run_id
    from {{ ref('int_role_assignments_classified') }}
    where principal_type = 'group'

    union all

    select
        tenant_id,
        snapshot_date,
        principal_id as group_id,
        run_id
    from {{ ref('int_group_memberships_resolved') }}
    where principal_type = 'group'

),

members_read as (

    select
        readings.tenant_id,
        readings.snapshot_date,
        captures.run_id
    from {{ ref('int_feed_readings_pivoted') }} as readings
    inner join {{ ref('int_captures_deduplicated') }} as captures
        on
            readings.tenant_id = captures.tenant_id
            and readings.snapshot_date = captures.extract_date
            and captures.feed = 'group_members'
    where readings.has_members

),

listed as (

    select distinct
        tenant_id,
        snapshot_date,
        group_id
    from {{ ref('int_group_memberships_unioned') }}
    where feed = 'group_members'

)

select
    named.tenant_id,
    named.snapshot_date,
    named.group_id
from named
left join members_read using (tenant_id, snapshot_date)
left join listed
    on
        named.tenant_id = listed.tenant_id
        and named.snapshot_date = listed.snapshot_date
        and lower(named.group_id) = listed.group_id
group by named.tenant_id, named.snapshot_date, named.group_id
having
    count(members_read.run_id) = 0
    or (count(listed.group_id) = 0 and min(named.run_id) > min(members_read.run_id))
