{# What to call a principal: its sign-in name, else its name, else its id. #}
{% macro shown_name(names, principal_id) -%}
    coalesce({{ names }}.user_principal_name, {{ names }}.principal_name, {{ principal_id }})
{%- endmacro %}
