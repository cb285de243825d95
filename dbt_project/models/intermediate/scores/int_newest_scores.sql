-- The newest score at or before each changed tenant-day, a column a scope.
with

score_days as (

    select
        days.tenant_id,
        days.snapshot_date,
        max(records.score_date) as score_date
    from {{ ref('int_tenant_days_to_rebuild') }} as days
    left join {{ ref('int_score_records_chosen') }} as records
        on
            days.tenant_id = records.tenant_id
            and days.snapshot_date >= records.score_date
    group by days.tenant_id, days.snapshot_date

),

-- Entra's own score has days of its own.
entra_days as (

    select
        days.tenant_id,
        days.snapshot_date,
        max(entra.score_date) as score_date
    from {{ ref('int_tenant_days_to_rebuild') }} as days
    inner join {{ ref('int_entra_scores') }} as entra
        on
            days.tenant_id = entra.tenant_id
            and days.snapshot_date >= entra.score_date
    group by days.tenant_id, days.snapshot_date

),

entra_scores as (

    select
        entra_days.tenant_id,
        entra_days.snapshot_date,
        entra_days.score_date,
        {{ ratio('entra.score_points', 'entra.max_points') }} as score_ratio
    from entra_days
    inner join {{ ref('int_entra_scores') }} as entra using (tenant_id, score_date)

)

select
    score_days.tenant_id,
    score_days.snapshot_date,
    score_days.score_date,
    max(scores.score_points) filter (where scores.scope = 'overall') as score_points,
    max(scores.max_points) filter (where scores.scope = 'overall') as max_points,
    max(scores.score_ratio) filter (where scores.scope = 'overall') as score_ratio,
    max(scores.score_ratio) filter (where scores.scope = 'identity_secure_score')
        as identity_secure_score_ratio,
    max(scores.score_ratio) filter (where scores.scope = 'category:Identity')
        as identity_category_ratio,
    max(scores.score_ratio) filter (where scores.scope = 'service:AzureAD')
        as entra_service_ratio,
    any_value(entra_scores.score_date) as entra_identity_secure_score_date,
    any_value(entra_scores.score_ratio) as entra_identity_secure_score_ratio
from score_days
left join {{ ref('fct_tenant_score_daily') }} as scores using (tenant_id, score_date)
left join entra_scores using (tenant_id, snapshot_date)
group by score_days.tenant_id, score_days.snapshot_date, score_days.score_date
