select
    {{ instance_columns() }},
    lower(instances.group_id) as group_id,
    lower(instances.access_id) as access_id,
    lower(instances.member_type) as member_type,
    {{ instance_fault('group_id', 'group') }} as quarantine_reason
{{ from_expanded('group_eligibility_schedule_instances') }}
