{# Columns of fct_control_score_daily that a recomputed day may change. #}
{% macro control_fact_columns() -%}
    {{ return({
        'tenant_id': 'varchar',
        'score_date': 'date',
        'control_id': 'varchar',
        'control_category': 'varchar',
        'service': 'varchar',
        'score_points': 'double',
        'max_points': 'double',
        'max_source': 'varchar',
        'implementation_status': 'varchar',
        'met_count': 'bigint',
        'total_count': 'bigint',
        'is_on': 'boolean',
        'state': 'varchar',
        'counts_in_maximum': 'boolean',
        'match_status': 'varchar',
        'last_synced_at': 'timestamp',
        'is_backfilled': 'boolean',
        'collected_at': 'timestamp',
    }) }}
{%- endmacro %}

{# One number for all facts of a tenant and day, whatever their order, for the days of a model. #}
{% macro facts_hash(relation, columns, days) -%}
    select
        facts.tenant_id,
        facts.score_date,
        bit_xor(hash(
    {%- for column in columns %}
            facts.{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
        )) as content_hash
    from {{ relation }} as facts
    inner join {{ ref(days) }} as days
        on
            facts.tenant_id = days.tenant_id
            and facts.score_date = days.score_date
    group by facts.tenant_id, facts.score_date
{%- endmacro %}

{% macro control_facts_hash(relation) -%}
    {{ facts_hash(relation, control_fact_columns(), 'int_score_days_to_rebuild') }}
{%- endmacro %}
