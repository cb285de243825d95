{# Whether somebody decided that a control stays as it is: a state other than those all start from. #}
{% macro is_excepted(state) -%}
    {{ state }} not in ('default', 'reviewed')
{%- endmacro %}
