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

{# What Graph says of a principal that it was asked to expand; `unknown` where it could not. #}
{% macro principal_columns(relation) -%}
    coalesce({{ principal_kind(relation ~ '.odata_type') }}, 'unknown') as principal_type,
    {{ relation }}.display_name as principal_name,
    {{ relation }}.user_principal_name,
    lower({{ relation }}.user_type) = 'guest' as is_guest,
    {{ relation }}.account_enabled as is_enabled,
    {{ relation }}.on_premises_sync_enabled as is_synced
{%- endmacro %}

{# The columns that `principal_columns` makes, to hand them on. #}
{% macro principal_attributes(relation=none) -%}
    {%- for name in [
        'principal_type', 'principal_name', 'user_principal_name', 'is_guest', 'is_enabled',
        'is_synced',
    ] -%}
        {{ relation ~ "." if relation }}{{ name }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
