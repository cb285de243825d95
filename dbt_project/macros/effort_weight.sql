{# What nobody judged counts as high: an unknown effort must not look cheap. #}
{% macro effort_weight(level) -%}
    case {{ level }}
        when 'low' then {{ var('effort_low') }}
        when 'moderate' then {{ var('effort_moderate') }}
        else {{ var('effort_high') }}
    end
{%- endmacro %}
