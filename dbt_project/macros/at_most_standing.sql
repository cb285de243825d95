{# Whether at most so many users stand, of whom some may be spared. #}
{% macro at_most_standing(bound) -%}
    case
        when standing_user_count > {{ var(bound) }} then false
        when most_standing_user_count <= {{ var(bound) }} then true
    end
{%- endmacro %}
