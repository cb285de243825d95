with

principles as (

    select distinct principle
    from {{ ref('zero_trust_principles') }}

),

-- A practice that the tenant's licence does not offer is not held against it.
practices as (

    select
        evaluated.tenant_id,
        seed.principle,
        count(*) filter (where evaluated.status <> 'not_licensed') as practice_count,
        count(*) filter (where evaluated.status = 'implemented') as implemented_practice_count,
        bool_or(evaluated.status = 'not_implemented') as has_missing_practice
    from {{ ref('int_practices_evaluated') }} as evaluated
    inner join {{ ref('zero_trust_principles') }} as seed
        on
            evaluated.practice = seed.item
            and seed.item_kind = 'practice'
    group by evaluated.tenant_id, seed.principle

),

ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, principle
            order by max_points - score_points desc nulls last, control_id asc
        ) as gain_rank
    from {{ ref('int_zero_trust_controls') }}

),

summed as (

    select
        tenant_id,
        principle,
        max(score_date) as score_date,
        count(*) as control_count,
        count(*) filter (where score_ratio >= 1) as full_control_count,
        count(*) filter (where max_points is null) as unknown_max_count,
        {{ sum_points('score_points') }} as score_points,
        {{ sum_points('max_points') }} as known_max_points,
        {{ sum_points('case when max_points is not null then score_points end') }}
            as known_score_points,
        string_agg(
            case when score_ratio < 1 and gain_rank <= 10 then control_id end,
            ', ' order by gain_rank
        ) as top_open_controls
    from ranked
    group by tenant_id, principle

),

rated as (

    select
        tenants.tenant_id,
        tenants.tenant_name,
        principles.principle,
        summed.score_date,
        coalesce(summed.control_count, 0) as control_count,
        coalesce(summed.full_control_count, 0) as full_control_count,
        summed.score_points,
        case when summed.unknown_max_count = 0 then summed.known_max_points end as max_points,
        coalesce(summed.unknown_max_count, 0) as unknown_max_count,
        {{ ratio('summed.known_score_points', 'summed.known_max_points') }} as known_score_ratio,
        practices.practice_count,
        practices.implemented_practice_count,
        coalesce(practices.has_missing_practice, false) as has_missing_practice,
        summed.top_open_controls
    from {{ ref('dim_tenant') }} as tenants
    cross join principles
    left join summed
        on
            tenants.tenant_id = summed.tenant_id
            and principles.principle = summed.principle
    left join practices
        on
            tenants.tenant_id = practices.tenant_id
            and principles.principle = practices.principle

)

select
    tenant_id,
    tenant_name,
    principle,
    score_date,
    control_count,
    full_control_count,
    score_points,
    max_points,
    case when unknown_max_count = 0 then known_score_ratio end as score_ratio,
    known_score_ratio,
    unknown_max_count,
    practice_count,
    implemented_practice_count,
    case
        when known_score_ratio is null then 'unknown'
        when control_count - unknown_max_count < {{ var('zero_trust_min_controls') }}
            then 'unknown'
        when known_score_ratio < {{ var('zero_trust_advanced_from') }} then 'traditional'
        -- Points alone carry nobody further than the practices that are in place.
        when coalesce(implemented_practice_count, 0) = 0 then 'traditional'
        when known_score_ratio < {{ var('zero_trust_optimal_from') }} then 'advanced'
        when has_missing_practice then 'advanced'
        else 'optimal'
    end as maturity,
    top_open_controls
from rated
