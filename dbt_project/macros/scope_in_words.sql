{# The scope of an assignment for people. #}
{% macro scope_in_words(scope) -%}
    case
        when {{ scope }} = '/' then 'the whole tenant'
        when {{ scope }} like '/administrativeUnits/%'
            then 'administrative unit ' || split_part({{ scope }}, '/', 3)
        when regexp_full_match({{ scope }}, '/[0-9A-Fa-f-]{36}')
            then 'application ' || split_part({{ scope }}, '/', 2)
        else 'scope ' || coalesce(nullif({{ scope }}, ''), 'unknown')
    end
{%- endmacro %}
