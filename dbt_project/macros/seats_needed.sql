{# `3 more P1 seats are needed`: what a licence lacks for all users. #}
{% macro seats_needed(count, licence) -%}
    {{ count }} || ' more ' || upper({{ licence }})
    || case {{ count }} when 1 then ' seat is' else ' seats are' end || ' needed'
{%- endmacro %}
