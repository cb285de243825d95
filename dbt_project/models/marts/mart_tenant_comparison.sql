{#- Long: a tenant's place in three groups, and its gap to three of Microsoft's averages. -#}
{{ config(tags=['portfolio']) }}
{%- set groups = {'portfolio': '1', 'segment': 'segment', 'licence_tier': 'licence_tier'} %}
{%- set bases = {
    'all_tenants': 'AllTenants', 'total_seats': 'TotalSeats', 'industry_types': 'IndustryTypes',
} %}
with

newest as (

    select
        tenant_id,
        max(score_date) as score_date
    from {{ ref('fct_tenant_score_daily') }}
    where scope = 'overall'
    group by tenant_id

),

tenants as (

    select
        tenants.tenant_id,
        tenants.tenant_name,
        tenants.segment,
        tenants.licence_tier,
        tenants.is_active,
        as_of.as_of_date,
        newest.score_date,
        cast(date_diff('day', newest.score_date, as_of.as_of_date) as integer) as score_age_days,
        scores.score_ratio,
        case
            when newest.score_date is null then 'no_score'
            when
                date_diff('day', newest.score_date, as_of.as_of_date)
                > {{ var('comparison_fresh_days') }}
                then 'stale'
            when scores.score_ratio is null then 'unknown_ratio'
            else 'compared'
        end as comparison_status
    from {{ ref('dim_tenant') }} as tenants
    cross join {{ ref('stg_graph__build_clock') }} as as_of
    left join newest using (tenant_id)
    left join {{ ref('fct_tenant_score_daily') }} as scores
        on
            newest.tenant_id = scores.tenant_id
            and newest.score_date = scores.score_date
            and scores.scope = 'overall'
    where tenants.is_active

),

placed as (

    select
        tenant_id,
        score_ratio,
        {% for group, members in groups.items() %}
            count({{ members }}) over (partition by {{ members }}) as {{ group }}_count,
            rank() over (partition by {{ members }} order by score_ratio) - 1
                as {{ group }}_below_count,
        {% endfor %}
        rank() over (order by score_ratio desc) as portfolio_rank
    from tenants
    where comparison_status = 'compared'

),

-- Who has no known licence tier has no peers of it; who has too few is not placed among them.
ranked as (

    select
        *,
    {% for group in groups %}
        nullif({{ group }}_count, 0) as {{ group }}_tenant_count,
        case
            when {{ group }}_count >= {{ var('comparison_smallest_group') }}
                then {{ group }}_count - 1
        end as {{ group }}_other_count{{ "," if not loop.last }}
    {% endfor %}
    from placed

),

peers as (

    select
        benchmarks.tenant_id,
    {% for name, basis in bases.items() %}
        max(benchmarks.average_ratio) filter (where benchmarks.basis = '{{ basis }}')
            as {{ name }}_average_ratio{{ "," if not loop.last }}
    {% endfor %}
    from {{ ref('fct_score_benchmark_daily') }} as benchmarks
    inner join tenants using (tenant_id, score_date)
    where
        benchmarks.category = 'overall'
        and tenants.comparison_status = 'compared'
    group by benchmarks.tenant_id

)

select
    tenants.tenant_id,
    tenants.tenant_name,
    tenants.segment,
    tenants.licence_tier,
    tenants.is_active,
    tenants.as_of_date,
    tenants.score_date,
    tenants.score_age_days,
    tenants.comparison_status,
    ranked.score_ratio,
    cast(ranked.portfolio_rank as integer) as portfolio_rank,
    {% for group in groups %}
        ranked.{{ group }}_tenant_count,
        ranked.{{ group }}_below_count / ranked.{{ group }}_other_count
            as {{ group }}_percentile_ratio,
        cast(
            case
                when ranked.{{ group }}_below_count < ranked.{{ group }}_other_count
                    then ranked.{{ group }}_below_count * 10 // ranked.{{ group }}_other_count + 1
                when ranked.{{ group }}_other_count is not null then 10
            end as integer
        ) as {{ group }}_decile,
    {% endfor %}
{% for name in bases %}
    peers.{{ name }}_average_ratio,
    round(ranked.score_ratio - peers.{{ name }}_average_ratio, 9) + 0.0
        as {{ name }}_gap_ratio{{ "," if not loop.last }}
{% endfor %}
from tenants
left join ranked using (tenant_id)
left join peers using (tenant_id)
