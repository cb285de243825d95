{% macro snake_case(expression) -%}
    lower(regexp_replace(trim({{ expression }}), '([a-z0-9])([A-Z])', '\1_\2', 'g'))
{%- endmacro %}
