{# What Graph says of a principal that it was asked to expand; `unknown` where it could not. #}
{% macro principal_columns(relation) -%}
    coalesce(
        {{ snake_case("replace(" ~ relation ~ ".odata_type, '#microsoft.graph.', '')") }},
        'unknown'
    ) as principal_type,
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
