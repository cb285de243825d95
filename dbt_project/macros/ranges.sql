{#
    What no value of Graph is beyond. Wide enough for every tenant, and narrow enough that no sum,
    ratio or calendar made of values within them can fail a model.
#}

{# Points are 0 or more and at most so many. #}
{% macro is_no_points(column) -%}
    ({{ column }} < 0 or {{ column }} > {{ var('most_points') }})
{%- endmacro %}

{# A maximum is points too; Graph rounds to cents, so one above 0 and below a cent is none. #}
{% macro is_no_maximum(column) -%}
    ({{ is_no_points(column) }} or ({{ column }} > 0 and {{ column }} < 0.01))
{%- endmacro %}

{# A score has a day that Secure Score can have had, and that is not far after it was read. #}
{% macro is_no_score_date(column, read_on) -%}
    (
        {{ column }} < cast('{{ var('first_score_date') }}' as date)
        or {{ column }} > {{ read_on }} + {{ var('most_days_ahead') }}
    )
{%- endmacro %}
