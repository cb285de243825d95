{# Sums points exactly: doubles added in another order differ in the last bit, decimals do not. #}
{% macro sum_points(expression, decimals=12) -%}
    cast(coalesce(sum(cast({{ expression }} as decimal(38, {{ decimals }}))), 0) as double)
{%- endmacro %}

{# A ratio that is null, never an error or an infinity, where there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    ({{ numerator }}) / nullif({{ denominator }}, 0)
{%- endmacro %}
