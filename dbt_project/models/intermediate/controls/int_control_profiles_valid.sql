-- What the profile said of each control on each changed day: the version valid that day, before
-- the first capture the first one, and the maximum of the next capture after it.
with

days as (

    select * from {{ ref('int_score_days_to_rebuild') }}

),

captures as (

    select
        days.tenant_id,
        days.score_date,
        min(captures.capture_date) as next_capture_date
    from days
    inner join {{ ref('int_profile_captures') }} as captures
        on
            days.tenant_id = captures.tenant_id
            and days.score_date < captures.capture_date
    group by days.tenant_id, days.score_date

),

controls as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.control_id,
        scored.profile_id,
        captures.next_capture_date
    from {{ ref('int_control_scores') }} as scores
    inner join days
        on
            scores.tenant_id = days.tenant_id
            and scores.score_date = days.score_date
    inner join {{ ref('int_controls_scored') }} as scored
        on
            scores.tenant_id = scored.tenant_id
            and scores.control_id = scored.control_id
    left join captures
        on
            scores.tenant_id = captures.tenant_id
            and scores.score_date = captures.score_date
    where scored.profile_id is not null

)

select
    controls.tenant_id,
    controls.score_date,
    controls.control_id,
    controls.profile_id,
    versions.service,
    valid_maxima.capture_date as maximum_since,
    case when valid_maxima.capture_date <= controls.score_date then valid_maxima.max_points end
        as valid_max_points,
    case
        when valid_maxima.capture_date > controls.score_date then valid_maxima.max_points
        else later_maxima.max_points
    end as later_max_points
from controls
left join {{ ref('int_control_profile_versions') }} as versions
    on
        controls.tenant_id = versions.tenant_id
        and controls.profile_id = versions.control_id
        and controls.score_date >= versions.valid_from_date
        and controls.score_date < versions.valid_until_date
left join {{ ref('int_control_maxima') }} as valid_maxima
    on
        controls.tenant_id = valid_maxima.tenant_id
        and controls.profile_id = valid_maxima.control_id
        and controls.score_date >= valid_maxima.valid_from_date
        and controls.score_date < valid_maxima.valid_until_date
left join {{ ref('int_control_maxima') }} as later_maxima
    on
        controls.tenant_id = later_maxima.tenant_id
        and controls.profile_id = later_maxima.control_id
        and controls.next_capture_date >= later_maxima.valid_from_date
        and controls.next_capture_date < later_maxima.valid_until_date
