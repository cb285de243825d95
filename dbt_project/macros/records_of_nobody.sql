{#
    A record whose tenant is not the one that was asked: a collection refuses those of another
    tenant, so what is left here names none. It alone is kept out of the facts; the feed stands.
#}
{% macro names_no_tenant() -%}
    (lower(azure_tenant_id) is distinct from tenant_id)
{%- endmacro %}

{% macro of_nobody() -%}
    'azureTenantId names no tenant'
{%- endmacro %}
