{# Sums points exactly: doubles added in another order differ in the last bit, decimals do not. #}
{% macro sum_points(expression, decimals=12) -%}
    cast(coalesce(sum(cast({{ expression }} as decimal(38, {{ decimals }}))), 0) as double)
{%- endmacro %}

{# A ratio that is null, never an error or an infinity, where there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    ({{ numerator }}) / nullif({{ denominator }}, 0)
{%- endmacro %}

{#
    The ratio after some of what is missing was gained: 1 exactly when nothing is missing then, and
    never above it, also where the maxima of the controls do not sum to the record's own.
#}
{% macro ratio_after(score_ratio, gained_points, missing_points) -%}
    1 - (1 - {{ score_ratio }}) * (1 - coalesce({{ ratio(gained_points, missing_points) }}, 1))
{%- endmacro %}

{#
    No control has more points than its maximum: one below the score is not its maximum. Both are
    rounded to cents.
#}
{% macro fits(score_points, max_points) -%}
    coalesce({{ score_points }}, 0) <= {{ max_points }} + 0.01 + 1e-9
{%- endmacro %}
