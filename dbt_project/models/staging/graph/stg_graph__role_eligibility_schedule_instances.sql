select
    {{ instance_columns() }},
    instances.role_definition_id,
    coalesce(instances.directory_scope_id, instances.app_scope_id, '') as directory_scope,
    -- Microsoft's own examples differ in case.
    lower(instances.member_type) as member_type,
    {{ instance_fault('role_definition_id', 'role') }} as quarantine_reason
{{ from_expanded('role_eligibility_schedule_instances') }}
