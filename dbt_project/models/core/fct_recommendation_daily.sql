-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

recommendations as (

    select
        *,
        -- What the id says after the tenant: `<tenant>_userRiskPolicy`, `…Insights.UserRiskPolicy`.
        regexp_extract(recommendation_id, '([A-Za-z0-9]+)$', 1) as id_suffix,
        row_number() over (
            partition by tenant_id, snapshot_date, recommendation_id order by record_index
        ) as copy_number
    from (
        {{ captured_rows('stg_graph__recommendations', 'recommendations') }}
        where reported.quarantine_reason is null
    )

),

impacts as (

    select
        tenant_id,
        snapshot_date,
        recommendation_id,
        cast(sum(resource_count) as bigint) as impacted_resource_count,
        cast(coalesce(sum(resource_count) filter (where status = 'active'), 0) as bigint)
            as open_resource_count
    from (
        {{ captured_rows('stg_graph__recommendation_impacted_counts', 'recommendations') }}
    )
    group by tenant_id, snapshot_date, recommendation_id

),

-- Entra writes the control's name in camel case and without underscores; letters and digits agree.
controls as (

    select
        control_id,
        lower(replace(control_id, '_', '')) as matched_name
    from {{ ref('control_licences') }}

)

select
    recommendations.tenant_id,
    recommendations.snapshot_date,
    recommendations.recommendation_id,
    recommendations.recommendation_type,
    coalesce(by_type.control_id, by_id.control_id) as control_id,
    recommendations.category,
    recommendations.title,
    recommendations.status,
    recommendations.priority,
    recommendations.score_points,
    recommendations.max_points,
    {{ ratio('recommendations.score_points', 'recommendations.max_points') }} as score_ratio,
    recommendations.required_licence,
    recommendations.impact_type,
    recommendations.release_type,
    coalesce(
        impacts.impacted_resource_count, case when recommendations.has_empty_impact then 0 end
    ) as impacted_resource_count,
    coalesce(
        impacts.open_resource_count, case when recommendations.has_empty_impact then 0 end
    ) as open_resource_count,
    recommendations.insights,
    recommendations.benefits,
    recommendations.remediation_impact,
    recommendations.created_at,
    recommendations.last_modified_at,
    recommendations.last_checked_at,
    recommendations.impact_start_at,
    recommendations.postponed_until_at,
    recommendations.collected_at
from recommendations
left join impacts using (tenant_id, snapshot_date, recommendation_id)
left join controls as by_type
    on lower(replace(recommendations.recommendation_type, '_', '')) = by_type.matched_name
left join controls as by_id
    on lower(recommendations.id_suffix) = by_id.matched_name
where recommendations.copy_number = 1
