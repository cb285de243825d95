{# Template id of the role Global Administrator, the same in every tenant. #}
{% macro global_administrator() -%}
    '62e90394-69f5-4237-9190-012177145e10'
{%- endmacro %}
