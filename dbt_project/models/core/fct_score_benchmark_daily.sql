-- depends_on: {{ ref('int_score_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_score_days_new',
        replace_key=['tenant_id', 'score_date'],
    )
}}

with

averages as (

    select
        captures.tenant_id,
        captures.score_date,
        averages.*,
        row_number() over (
            partition by captures.tenant_id, captures.score_date, averages.basis
            order by averages.item_index
        ) as copy_number
    from {{ ref('stg_graph__secure_scores_average_comparative_scores') }} as averages
    inner join {{ ref('int_score_captures_ranked') }} as captures
        using (run_id, tenant_id, record_index)
    where
        captures.capture_rank = 1
        and averages.basis is not null
        and averages.quarantine_reason is null

),

benchmarks as (

    select
        tenant_id,
        score_date,
        basis,
        'overall' as category,
        average_score / 100 as average_ratio,
        cast(null as double) as average_points,
        cast(null as double) as average_max_points
    from averages
    where
        copy_number = 1
        and average_score >= 0

    {% for category in ['Apps', 'Data', 'Device', 'Identity', 'Infrastructure'] %}
        {%- set member = category | lower %}
        union all

        select
            tenant_id,
            score_date,
            basis,
            '{{ category }}' as category,
            {{ ratio(member ~ '_score', member ~ '_score_max') }} as average_ratio,
            {{ member }}_score as average_points,
            {{ member }}_score_max as average_max_points
        from averages
        where
            copy_number = 1
            and {{ member }}_score >= 0
            and {{ member }}_score_max >= 0
    {% endfor %}

)

select
    tenant_id,
    score_date,
    basis,
    category,
    average_ratio,
    average_points,
    average_max_points
from benchmarks
