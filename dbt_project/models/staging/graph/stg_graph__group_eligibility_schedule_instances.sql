with

instances as (

    select * from {{ source('graph', 'group_eligibility_schedule_instances') }}

),

principals as (

    select * from {{ source('graph', 'group_eligibility_schedule_instances_principal') }}

)

select
    instances.run_id,
    instances.tenant_id,
    instances.extract_date,
    instances.record_index,
    instances.id as schedule_instance_id,
    lower(instances.group_id) as group_id,
    instances.principal_id,
    lower(instances.access_id) as access_id,
    lower(instances.member_type) as member_type,
    cast(instances.start_date_time as timestamp) as start_at,
    cast(instances.end_date_time as timestamp) as end_at,
    {{ principal_columns('principals') }},
    case
        when instances.principal_id is null or instances.principal_id = ''
            then 'schedule instance without a principal'
        when instances.group_id is null or instances.group_id = ''
            then 'schedule instance without a group'
    end as quarantine_reason
from instances
left join principals
    on
        instances.run_id = principals.run_id
        and instances.tenant_id = principals.tenant_id
        and instances.record_index = principals.record_index
