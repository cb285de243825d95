with

profiles as (

    select
        run_id,
        tenant_id,
        extract_date,
        record_index,
        azure_tenant_id,
        id as control_id,
        title,
        control_category,
        service,
        action_type,
        action_url,
        max_score as max_points,
        tier,
        user_impact,
        implementation_cost,
        rank,
        remediation,
        remediation_impact,
        coalesce(deprecated, false) as is_marked_deprecated
    from {{ source('graph', 'secure_score_control_profiles') }}

)

select
    * exclude (azure_tenant_id),
    case
        when {{ names_no_tenant() }} then {{ of_nobody() }}
        when control_id is null or control_id = '' then 'profile without an id'
        when {{ is_no_maximum('max_points') }} then 'maxScore is not a number of points'
        when not rank between -{{ var('most_count') }} and {{ var('most_count') }}
            then 'rank is no rank'
    end as quarantine_reason
from profiles
