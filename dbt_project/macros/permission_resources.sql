{# The APIs whose service principals came with a capture, by the id that they have in the tenant. #}
{% macro permission_resources() -%}
    select
        run_id,
        tenant_id,
        id as resource_id,
        max(lower(app_id)) as resource_application_id,
        max(display_name) as resource_name
    from {{ source('graph', 'application_permissions_resource') }}
    group by run_id, tenant_id, id
{%- endmacro %}

{# The application id of Microsoft Graph. #}
{% macro microsoft_graph() -%}
    '00000003-0000-0000-c000-000000000000'
{%- endmacro %}
