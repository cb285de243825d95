{# A wire word as people read it: `deviceCodeFlow,other` -> `device code flow, other`. #}
{% macro in_words(expression) -%}
    replace(
        lower(regexp_replace({{ expression }}, '([a-z0-9])([A-Z])', '\1 \2', 'g')), ',', ', '
    )
{%- endmacro %}

{# The first letter of a sentence. #}
{% macro sentence(expression) -%}
    upper({{ expression }}[1]) || {{ expression }}[2:]
{%- endmacro %}

{#
    A sorted list as text; null where nothing is in it. Sorting the list of a group is several times
    faster than an aggregate that is told an order.
#}
{% macro listed(expression, separator=', ', where=none) -%}
    array_to_string(
        list_sort(list(distinct {{ expression }}){{ " filter (where " ~ where ~ ")" if where }}),
        '{{ separator }}'
    )
{%- endmacro %}
