{# Who does not meet a control yet, as a whole number: percentages are rounded to cents. #}
{% macro unmet_count(total, percentage) -%}
    round(round({{ total }} * (100 - {{ percentage }}) / 100, 6))
{%- endmacro %}

{# Each row of a relation once for every scope its control is in; the record's whole included. #}
{% macro in_scopes(relation) -%}
    {%- for scope, column in [('category', 'control_category'), ('service', 'service')] %}
    select
        '{{ scope }}:' || {{ relation }}.{{ column }} as scope,
        {{ relation }}.*
    from {{ relation }}
    where {{ relation }}.{{ column }} is not null

    union all
    {% endfor %}
    select
        'identity_secure_score' as scope,
        {{ relation }}.*
    from {{ relation }}
    inner join {{ ref('identity_secure_score_controls') }} as starred
        on lower({{ relation }}.control_id) = lower(starred.control_id)

    union all

    select
        'overall' as scope,
        {{ relation }}.*
    from {{ relation }}
{%- endmacro %}
