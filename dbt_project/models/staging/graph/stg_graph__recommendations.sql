select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    id as recommendation_id,
    recommendation_type,
    {{ snake_case('category') }} as category,
    display_name as title,
    {{ snake_case('status') }} as status,
    {{ snake_case('priority') }} as priority,
    current_score as score_points,
    max_score as max_points,
    -- A list where several would do; the highest named is what all of it takes.
    case
        when contains(lower(required_licenses), 'p2') then 'p2'
        when contains(lower(required_licenses), 'p1') then 'p1'
        when contains(lower(required_licenses), 'free') then 'free'
        else {{ snake_case('required_licenses') }}
    end as required_licence,
    {{ snake_case('impact_type') }} as impact_type,
    {{ snake_case('release_type') }} as release_type,
    insights,
    benefits,
    remediation_impact,
    -- An empty list stays in `extra`; where Graph sent no list at all, nothing is known.
    coalesce(json_type(extra, '$.impactedResources') = 'ARRAY', false) as has_empty_impact,
    cast(created_date_time as timestamp) as created_at,
    cast(last_modified_date_time as timestamp) as last_modified_at,
    cast(last_checked_date_time as timestamp) as last_checked_at,
    cast(impact_start_date_time as timestamp) as impact_start_at,
    cast(postpone_until_date_time as timestamp) as postponed_until_at,
    case
        when id is null or id = '' then 'recommendation without an id'
        when {{ is_no_points('current_score') }} or {{ is_no_maximum('max_score') }}
            then 'currentScore or maxScore is not a number of points'
        when current_score > max_score + 1e-9 then 'currentScore above maxScore'
    end as quarantine_reason
from {{ source('graph', 'recommendations') }}
