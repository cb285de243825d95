{#- Long: all tenants and the constant cohorts are averaged over the same groups, side by side. -#}
{{ config(tags=['portfolio']) }}
{%- set windows = [30, 90, 365] %}
{#- Of the grouping sets below: the column that a row is not grouped by is null in it. -#}
{%- set group_columns -%}
    case
            when segment is not null then 'segment'
            when licence_tier is not null then 'licence_tier'
            else 'portfolio'
        end as group_kind,
        coalesce(segment, licence_tier, 'all') as group_name
{%- endset -%}
with

scores as (

    select
        scores.*,
        peers.average_ratio as all_tenants_average_ratio
    from {{ ref('int_tenant_scores_grouped') }} as scores
    left join {{ ref('fct_score_benchmark_daily') }} as peers
        on
            scores.tenant_id = peers.tenant_id
            and scores.score_date = peers.score_date
            and scores.record_date = peers.score_date
            and peers.basis = 'AllTenants'
            and peers.category = 'overall'

),

grouped as (

    select
        score_date,
        previous_date,
        {{ group_columns }},
        {{ sum_points('case when record_date = score_date then score_ratio end') }}
        / nullif(count(*) filter (where record_date = score_date), 0) as average_ratio,
        count(*) filter (where record_date = score_date) as tenant_count,
        count(*) filter (where is_present) as present_tenant_count,
        {{ sum_points('all_tenants_average_ratio') }}
        / nullif(count(all_tenants_average_ratio), 0) as all_tenants_average_ratio,
        case
            when segment is not null then count(*) filter (where is_present and was_in_segment)
            when licence_tier is not null
                then count(*) filter (where is_present and was_in_licence_tier)
            else count(*) filter (where is_present and was_in_portfolio)
        end as stayed_tenant_count
    from scores
    group by
        grouping sets (
            (score_date, previous_date),
            (score_date, previous_date, segment),
            (score_date, previous_date, licence_tier)
        )

),

cohort_scores as (

    select
        cohorts.window_days,
        cohorts.segment,
        cohorts.licence_tier,
        scores.score_date,
        scores.score_ratio,
        scores.record_date < scores.score_date as is_carried,
        scores.score_date - scores.record_date > 7 as is_too_old
    from scores
    inner join {{ ref('int_cohorts_formed') }} as cohorts
        on
            scores.tenant_id = cohorts.tenant_id
            and scores.score_date between cohorts.first_date and cohorts.last_date

),

cohorts as (

    select
        score_date,
        {{ group_columns }},
    {% for days in windows %}
        {%- set is_told -%}
            not bool_or(is_too_old) filter (where window_days = {{ days }})
        {%- endset %}
        case
            when {{ is_told }}
                then {{ sum_points("case when window_days = " ~ days ~ " then score_ratio end") }}
                    / count(*) filter (where window_days = {{ days }})
        end as cohort_{{ days }}d_ratio,
        case when {{ is_told }} then count(*) filter (where window_days = {{ days }}) end
            as cohort_{{ days }}d_tenant_count,
        case
            when {{ is_told }}
                then count(*) filter (where is_carried and window_days = {{ days }})
        end as cohort_{{ days }}d_carried_tenant_count{{ "," if not loop.last }}
    {% endfor %}
    from cohort_scores
    group by
        grouping sets (
            (score_date),
            (score_date, segment),
            (score_date, licence_tier)
        )

),

groups as (

    select distinct
        group_kind,
        group_name
    from grouped

),

-- Every day of every group: one that has become empty still says who left it.
group_days as (

    select
        days.score_date,
        days.previous_date,
        groups.group_kind,
        groups.group_name
    from grouped as days
    cross join groups
    where days.group_kind = 'portfolio'

)

select
    group_days.score_date as trend_date,
    group_days.group_kind,
    group_days.group_name,
    grouped.average_ratio,
    coalesce(grouped.tenant_count, 0) as tenant_count,
    coalesce(grouped.present_tenant_count - grouped.stayed_tenant_count, 0) as joined_tenant_count,
    coalesce(previous.present_tenant_count, 0) - coalesce(grouped.stayed_tenant_count, 0)
        as left_tenant_count,
    {% for days in windows %}
        cohorts.cohort_{{ days }}d_ratio,
        cohorts.cohort_{{ days }}d_tenant_count,
        cohorts.cohort_{{ days }}d_carried_tenant_count,
    {% endfor %}
    grouped.all_tenants_average_ratio
from group_days
left join grouped using (score_date, group_kind, group_name)
left join grouped as previous
    on
        group_days.previous_date = previous.score_date
        and group_days.group_kind = previous.group_kind
        and group_days.group_name = previous.group_name
left join cohorts using (score_date, group_kind, group_name)
where
    grouped.present_tenant_count > 0
    or previous.present_tenant_count > 0
    or cohorts.score_date is not null
