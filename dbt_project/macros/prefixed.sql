{# `relation.column, relation.column` #}
{% macro prefixed(relation, columns) -%}
    {%- for column in columns -%}
        {{ relation }}.{{ column }}{{ ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
