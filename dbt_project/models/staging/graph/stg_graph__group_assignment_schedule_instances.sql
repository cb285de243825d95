select
    {{ instance_columns() }},
    lower(instances.group_id) as group_id,
    lower(instances.access_id) as access_id,
    lower(instances.assignment_type) as assignment_type,
    lower(instances.member_type) as member_type,
    {{ instance_fault('group_id', 'group') }} as quarantine_reason
{{ from_expanded('group_assignment_schedule_instances') }}
