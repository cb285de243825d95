-- The first rule for the maximum of a control on a changed day: what the day's own record says of
-- it, and which profile agrees. At 0 % the record says nothing.
with

days as (

    select * from {{ ref('int_score_days_to_rebuild') }}

),

scores as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.control_id,
        scores.score_points,
        scores.score_percentage,
        profiles.service,
        profiles.maximum_since,
        profiles.valid_max_points,
        profiles.later_max_points
    from {{ ref('int_control_scores') }} as scores
    inner join days
        on
            scores.tenant_id = days.tenant_id
            and scores.score_date = days.score_date
    left join {{ ref('int_control_profiles_valid') }} as profiles
        on
            scores.tenant_id = profiles.tenant_id
            and scores.score_date = profiles.score_date
            and scores.control_id = profiles.control_id

),

evidence as (

    select
        *,
        coalesce(score_percentage, 0) > 0 as has_evidence,
        abs(score_points - valid_max_points * score_percentage / 100) <= 0.01 + 1e-9
            as valid_agrees,
        abs(score_points - later_max_points * score_percentage / 100) <= 0.01 + 1e-9
            as later_agrees,
        score_points * 100 / nullif(score_percentage, 0) as implied_points
    from scores

),

measured as (

    select
        *,
        case
            when not has_evidence then null
            when valid_agrees then valid_max_points
            when later_agrees then later_max_points
            when
                abs(score_points - round(implied_points) * score_percentage / 100) <= 0.01 + 1e-9
                then round(implied_points)
            else round(implied_points, 2)
        end as measured_points,
        case
            when not has_evidence then null
            when valid_agrees then 'profile'
            when later_agrees then 'first_profile'
            else 'derived'
        end as measured_source
    from evidence

)

select * from measured
