with

exceptions as (

    select * from {{ ref('int_exceptions_found') }}

),

newest_days as (

    select
        tenant_id,
        max(score_date) as score_date
    from {{ ref('fct_tenant_score_daily') }}
    where scope = 'overall'
    group by tenant_id

),

scored as (

    select
        facts.tenant_id,
        facts.score_date,
        facts.control_id,
        facts.control_category,
        facts.score_points,
        facts.max_points,
        facts.counts_in_maximum
    from {{ ref('fct_control_score_daily') }} as facts
    inner join newest_days using (tenant_id, score_date)

),

described as (

    select * from {{ ref('dim_control') }}
    where is_current

),

reviewed as (

    select
        exceptions.*,
        registered.owner,
        registered.ticket,
        registered.reason,
        registered.review_by_date,
        coalesce(
            registered.review_by_date,
            exceptions.since_date + {{ var('exception_review_days') }}
        ) as review_due_date
    from exceptions
    left join {{ ref('int_controls_registered') }} as registered
        on
            exceptions.tenant_id = registered.tenant_id
            and lower(exceptions.control_id) = registered.folded_control_id

)

select
    reviewed.tenant_id,
    reviewed.control_id,
    described.title,
    coalesce(scored.control_category, described.control_category) as control_category,
    described.service,
    reviewed.state,
    reviewed.since_at,
    reviewed.confirmed_at,
    reviewed.changed_by,
    reviewed.comment,
    reviewed.assigned_to,
    scored.score_points,
    scored.max_points,
    -- Some other means meets these, and Microsoft grants the points on trust.
    case
        when reviewed.state in ('third_party', 'alternate_mitigation') then scored.score_points
        else round(scored.max_points - scored.score_points, 9) + 0.0
    end as points_at_stake,
    scored.counts_in_maximum,
    scored.control_id is not null as is_scored,
    cast(
        date_diff('day', cast(reviewed.since_at as date), reviewed.last_seen_date) as integer
    ) as age_days,
    reviewed.owner,
    reviewed.ticket,
    reviewed.reason,
    reviewed.review_by_date,
    cast(reviewed.review_due_date as date) as review_due_date,
    reviewed.review_due_date < reviewed.last_seen_date as is_review_overdue,
    reviewed.last_seen_date as as_of_date
from reviewed
left join scored using (tenant_id, control_id)
left join described using (tenant_id, control_id)
