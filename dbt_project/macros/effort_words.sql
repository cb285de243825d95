{# Cost and user impact as a sentence says them. #}
{% macro effort_words(cost, impact, has_impact) -%}
    case {{ cost }} when 'unknown' then 'unknown cost (counted as high)' else {{ cost }} || ' cost' end
    || ' and '
    || case
        when not {{ has_impact }} then 'no user impact'
        when {{ impact }} = 'unknown' then 'unknown user impact (counted as high)'
        else {{ impact }} || ' user impact'
    end
{%- endmacro %}

{# `for 1 day`, `for at least 29 days`. #}
{% macro duration_words(days, is_least) -%}
    'for '
    || case when {{ is_least }} then 'at least ' else '' end
    || {{ days }}
    || case {{ days }} when 1 then ' day' else ' days' end
{%- endmacro %}
