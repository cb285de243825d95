{# What the four staging models of PIM share: the instances of a lake table with the principal that
   Graph was asked to expand, as `instances` and `principals`. #}
{% macro from_expanded(table) -%}
    from {{ source('graph', table) }} as instances
    left join {{ source('graph', table ~ '_principal') }} as principals
        on
            instances.run_id = principals.run_id
            and instances.tenant_id = principals.tenant_id
            and instances.record_index = principals.record_index
{%- endmacro %}

{% macro instance_columns() -%}
    instances.run_id,
    instances.tenant_id,
    instances.extract_date,
    instances.record_index,
    instances.id as schedule_instance_id,
    instances.principal_id,
    cast(instances.start_date_time as timestamp) as start_at,
    cast(instances.end_date_time as timestamp) as end_at,
    {{ principal_columns('principals', 'instances.tenant_id') }}
{%- endmacro %}

{# Why an instance cannot be used: nobody is named, or what they are given is not. #}
{% macro instance_fault(given, called) -%}
    case
        when instances.principal_id is null or instances.principal_id = ''
            then 'schedule instance without a principal'
        when instances.{{ given }} is null or instances.{{ given }} = ''
            then 'schedule instance without a {{ called }}'
    end
{%- endmacro %}
