-- Where Secure Score and Entra's own recommendation speak of the same control: each tenant's newest
-- day of recommendations beside its newest score record, and whether they agree. Entra looks about
-- once a week and Secure Score in its own time: a disagreement is mostly one of them being late.
with

recommendation_days as (

    select
        tenant_id,
        max(extract_date) as snapshot_date
    from {{ ref('fct_collection') }}
    where
        feed = 'recommendations'
        and outcome in ('ok', 'empty')
    group by tenant_id

),

recommendations as (

    select facts.*
    from {{ ref('fct_recommendation_daily') }} as facts
    inner join recommendation_days using (tenant_id, snapshot_date)
    where facts.control_id is not null

),

controls as (

    {{ newest_controls() }}

),

paired as (

    select
        recommendations.tenant_id,
        coalesce(controls.control_id, recommendations.control_id) as control_id,
        recommendations.recommendation_id,
        recommendations.snapshot_date,
        controls.score_date,
        recommendations.status as recommendation_status,
        controls.implementation_level,
        controls.state as control_state,
        recommendations.score_points as recommendation_points,
        controls.score_points as control_points,
        recommendations.max_points as recommendation_max_points,
        controls.max_points as control_max_points,
        recommendations.last_modified_at,
        controls.last_synced_at,
        recommendations.impacted_resource_count,
        recommendations.open_resource_count
    from recommendations
    left join controls
        on
            recommendations.tenant_id = controls.tenant_id
            and lower(recommendations.control_id) = lower(controls.control_id)

)

select
    *,
    case
        when score_date is null then 'not_scored'
        when coalesce(implementation_level, 'unknown') = 'unknown' then 'unknown'
        when recommendation_status = 'active' and implementation_level = 'full'
            then 'recommended_though_full'
        when
            recommendation_status in ('completed_by_system', 'completed_by_user')
            and implementation_level <> 'full'
            then 'completed_though_open'
        when abs(recommendation_max_points - control_max_points) > 0.005 then 'maximum_differs'
        when recommendation_status in ('active', 'completed_by_system', 'completed_by_user')
            then 'agree'
        -- dismissed, postponed and the like: nobody says whether it is done
        else 'set_aside'
    end as agreement
from paired
