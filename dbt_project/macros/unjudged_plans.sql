{# Why a verdict on policies stays open: plans may do what the policies do not. #}
{% macro unjudged_plans(names) -%}
    'Conditional Access plans are not judged here: ' || {{ names }} || '.'
{%- endmacro %}
