-- Direct holdings, groups' own included, each in the way it is held.
with

holdings as (

    select * from {{ ref('int_role_assignments_described') }}

),

-- Active holdings that PIM knows. The plain list of assignments has them too, activated ones
-- included, and cannot tell them apart.
explained as (

    select
        tenant_id,
        snapshot_date,
        principal_id,
        role_template_id,
        directory_scope,
        true as is_explained
    from holdings
    where feed = 'role_assignment_schedule_instances'

    union

    select
        tenant_id,
        snapshot_date,
        principal_id,
        role_template_id,
        directory_scope,
        true as is_explained
    from {{ ref('int_group_roles_activated') }}

)

select
    holdings.run_id,
    holdings.tenant_id,
    holdings.snapshot_date,
    holdings.principal_id,
    holdings.role_template_id,
    holdings.directory_scope,
    case
        when holdings.assignment_kind is not null then holdings.assignment_kind
        -- Without a licence for PIM there is no other way to hold a role.
        when readings.is_unlicensed then 'standing'
        -- An activation would be an instance, and nobody activates another tenant's group here.
        when holdings.principal_type = 'partner' and readings.has_standing then 'standing'
        else 'active_unknown'
    end as assignment_kind,
    holdings.principal_type,
    holdings.is_guest,
    holdings.is_privileged,
    -- Where MFA is judged, more roles count than where privilege is.
    holdings.is_privileged or administrators.role_template_id is not null as is_administrator,
    holdings.start_at,
    holdings.end_at,
    holdings.collected_at
from holdings
left join explained
    using (tenant_id, snapshot_date, principal_id, role_template_id, directory_scope)
left join {{ ref('int_feed_readings_pivoted') }} as readings using (tenant_id, snapshot_date)
left join {{ ref('administrator_mfa_roles') }} as administrators
    on holdings.role_template_id = administrators.role_template_id
where
    holdings.feed <> 'role_assignments'
    or explained.is_explained is null
