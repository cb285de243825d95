{# The controls of each tenant's newest score record, as the fact has them. #}
{% macro newest_controls() -%}
    select facts.*
    from {{ ref('fct_control_score_daily') }} as facts
    inner join (
        select
            tenant_id,
            max(score_date) as score_date
        from {{ ref('int_score_records_chosen') }}
        group by tenant_id
    ) as newest using (tenant_id, score_date)
{%- endmacro %}
