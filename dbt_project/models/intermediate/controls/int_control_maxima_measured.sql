-- The first rule for the maximum of a control on a changed day: what the day's own record says of
-- it, and which profile agrees. At 0 % the record says nothing. Of profiles count the version valid
-- that day, before the first capture the first one, and the maximum of the next capture after it.
with

days as (

    select
        days.tenant_id,
        days.score_date,
        min(captures.extract_date) as next_capture_date
    from {{ ref('int_score_days_to_rebuild') }} as days
    left join {{ ref('fct_collection') }} as captures
        on
            days.tenant_id = captures.tenant_id
            and days.score_date < captures.extract_date
            and captures.feed = 'secure_score_control_profiles'
            and captures.outcome in ('ok', 'empty')
    group by days.tenant_id, days.score_date

),

scores as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.control_id,
        scores.score_points,
        scores.score_percentage,
        versions.service,
        valid_maxima.capture_date as maximum_since,
        case when valid_maxima.capture_date <= scores.score_date then valid_maxima.max_points end
            as valid_max_points,
        case
            when valid_maxima.capture_date > scores.score_date then valid_maxima.max_points
            else later_maxima.max_points
        end as later_max_points
    from {{ ref('int_control_scores') }} as scores
    inner join days
        on
            scores.tenant_id = days.tenant_id
            and scores.score_date = days.score_date
    inner join {{ ref('int_controls_scored') }} as scored
        on
            scores.tenant_id = scored.tenant_id
            and scores.control_id = scored.control_id
    left join {{ ref('int_control_profile_versions') }} as versions
        on
            scored.tenant_id = versions.tenant_id
            and scored.profile_id = versions.control_id
            and scores.score_date >= versions.valid_from_date
            and scores.score_date < versions.valid_until_date
    left join {{ ref('int_control_maxima') }} as valid_maxima
        on
            scored.tenant_id = valid_maxima.tenant_id
            and scored.profile_id = valid_maxima.control_id
            and scores.score_date >= valid_maxima.valid_from_date
            and scores.score_date < valid_maxima.valid_until_date
    left join {{ ref('int_control_maxima') }} as later_maxima
        on
            scored.tenant_id = later_maxima.tenant_id
            and scored.profile_id = later_maxima.control_id
            and days.next_capture_date >= later_maxima.valid_from_date
            and days.next_capture_date < later_maxima.valid_until_date

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
