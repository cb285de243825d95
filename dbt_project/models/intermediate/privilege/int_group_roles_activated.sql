-- Who has activated, on the replaced days, a role that a group holds: PIM names the person and not
-- the group. One row per person, role and scope, over all activations that run at once.
with

instances as (

    {{ captured_rows(
        'stg_graph__role_assignment_schedule_instances', 'role_assignment_schedule_instances'
    ) }}
    where
        reported.quarantine_reason is null
        and reported.member_type = 'group'
        and reported.assignment_type = 'activated'

)

select
    instances.tenant_id,
    instances.snapshot_date,
    instances.principal_id,
    coalesce(definitions.role_template_id, instances.role_definition_id) as role_template_id,
    instances.directory_scope,
    min(instances.start_at) as start_at,
    case when count(instances.end_at) = count(*) then max(instances.end_at) end as end_at
from instances
left join {{ ref('int_role_definitions_dated') }} as definitions
    on
        instances.tenant_id = definitions.tenant_id
        and instances.role_definition_id = definitions.role_definition_id
        and instances.snapshot_date >= definitions.snapshot_date
        and instances.snapshot_date < definitions.valid_until_date
group by
    instances.tenant_id,
    instances.snapshot_date,
    instances.principal_id,
    coalesce(definitions.role_template_id, instances.role_definition_id),
    instances.directory_scope
