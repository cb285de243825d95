{# Whether somebody decided that a control stays as it is, and its points are not to be won. #}
{% macro is_excepted(state) -%}
    {{ state }} not in ('default', 'reviewed')
{%- endmacro %}
