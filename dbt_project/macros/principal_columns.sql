{# What a principal is. An agent's identity and its blueprint are service principals with a type of
   their own; the user of an agent is no person, and stays what it is. #}
{% macro principal_kind(odata_type) -%}
    case
        when
            lower({{ odata_type }}) in (
                '#microsoft.graph.agentidentity',
                '#microsoft.graph.agentidentityblueprintprincipal'
            )
            then 'service_principal'
        else {{ snake_case("replace(" ~ odata_type ~ ", '#microsoft.graph.', '')") }}
    end
{%- endmacro %}

{# The tenant that a principal belongs to where that is another than the one read, null else: Graph
   names it in the assignment (`organization`, where it has one) or in the principal. #}
{% macro partner_tenant(relation, tenant, organization=none) -%}
    coalesce(
    {%- for home in [organization, relation ~ ".organization_id",
                     relation ~ ".external_partner_tenant_id"] if home %}
        nullif(nullif(lower({{ home }}), ''), lower({{ tenant }})){{ "," if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}

{# What Graph says of a principal that it was asked to expand; `unknown` where it could not. #}
{% macro principal_columns(relation, tenant, organization=none) -%}
    case
        when
            {{ relation }}.odata_type = '#microsoft.graph.directoryObjectPartnerReference'
            or {{ partner_tenant(relation, tenant, organization) }} is not null
            then 'partner'
        else coalesce({{ principal_kind(relation ~ '.odata_type') }}, 'unknown')
    end as principal_type,
    {{ partner_tenant(relation, tenant, organization) }} as partner_tenant_id,
    {{ relation }}.display_name as principal_name,
    {{ relation }}.user_principal_name,
    lower({{ relation }}.user_type) = 'guest' as is_guest,
    {{ relation }}.account_enabled as is_enabled,
    {{ relation }}.on_premises_sync_enabled as is_synced
{%- endmacro %}

{# The columns that `principal_columns` makes, to hand them on. #}
{% macro principal_attributes(relation=none) -%}
    {%- for name in [
        'principal_type', 'partner_tenant_id', 'principal_name', 'user_principal_name', 'is_guest',
        'is_enabled', 'is_synced',
    ] -%}
        {{ relation ~ "." if relation }}{{ name }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
