-- Memberships of the groups that matter, as each feed tells them on the replaced days. An owner is
-- no member: PIM's rows of owners are left out, and nobody holds a role by them.
select
    run_id,
    tenant_id,
    snapshot_date,
    'group_members' as feed,
    record_index,
    group_id,
    principal_id,
    'standing' as membership_kind,
    'direct' as member_type,
    cast(null as timestamp) as start_at,
    cast(null as timestamp) as end_at,
    principal_type,
    cast(null as varchar) as partner_tenant_id,
    cast(null as varchar) as principal_name,
    cast(null as varchar) as user_principal_name,
    cast(null as boolean) as is_guest,
    cast(null as boolean) as is_enabled,
    cast(null as boolean) as is_synced,
    collected_at
from ({{ captured_rows('stg_graph__group_members', 'group_members') }})
where quarantine_reason is null

union all

select
    run_id,
    tenant_id,
    snapshot_date,
    'group_assignment_schedule_instances' as feed,
    record_index,
    group_id,
    principal_id,
    -- A type that Graph may add one day is active in a way nobody knows yet.
    case assignment_type
        when 'assigned' then 'standing'
        when 'activated' then 'activated'
        else 'active_unknown'
    end as membership_kind,
    coalesce(member_type, 'direct') as member_type,
    start_at,
    end_at,
    {{ principal_attributes() }},
    collected_at
from (
    {{
        captured_rows(
            'stg_graph__group_assignment_schedule_instances', 'group_assignment_schedule_instances'
        )
    }}
)
where
    quarantine_reason is null
    and access_id = 'member'

union all

select
    run_id,
    tenant_id,
    snapshot_date,
    'group_eligibility_schedule_instances' as feed,
    record_index,
    group_id,
    principal_id,
    'eligible' as membership_kind,
    coalesce(member_type, 'direct') as member_type,
    start_at,
    end_at,
    {{ principal_attributes() }},
    collected_at
from (
    {{
        captured_rows(
            'stg_graph__group_eligibility_schedule_instances',
            'group_eligibility_schedule_instances'
        )
    }}
)
where
    quarantine_reason is null
    and access_id = 'member'
