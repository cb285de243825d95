-- Why a control that differs between two records does so: what explains that it entered or left the
-- score, whether its state changed, whether only the number of people it counts did.
with

compared as (

    select * from {{ ref('int_controls_compared') }}

),

-- Within 7 days, before or after.
offerings as (

    select distinct
        pairs.tenant_id,
        pairs.score_date
    from {{ ref('int_score_days_paired') }} as pairs
    inner join {{ ref('int_scored_set_events_dated') }} as reasons
        on
            pairs.tenant_id = reasons.tenant_id
            and reasons.changed_date between pairs.score_date - 7 and pairs.score_date + 7
    where
        reasons.is_current
        and reasons.reason = 'offering_changed'

),

profiles as (

    select
        compared.tenant_id,
        compared.previous_date,
        compared.score_date,
        compared.control_id,
        bool_or(reasons.reason = 'profile_appeared') as has_appeared,
        bool_or(reasons.reason = 'profile_left') as has_left
    from compared
    inner join {{ ref('int_scored_set_events_dated') }} as reasons
        on
            compared.tenant_id = reasons.tenant_id
            and compared.profile_id = reasons.control_id
            and reasons.changed_date between compared.score_date - 7 and compared.score_date + 7
    where reasons.is_current
    group by
        compared.tenant_id, compared.previous_date, compared.score_date, compared.control_id

),

-- Only rich captures say how many people a control counts. Percentages are rounded to cents, so
-- people are compared as whole ones.
recounted as (

    select
        compared.tenant_id,
        compared.previous_date,
        compared.score_date,
        compared.control_id
    from compared
    inner join {{ ref('int_control_scores') }} as before
        on
            compared.tenant_id = before.tenant_id
            and compared.previous_date = before.score_date
            and compared.control_id = before.control_id
    inner join {{ ref('int_control_scores') }} as after
        on
            compared.tenant_id = after.tenant_id
            and compared.score_date = after.score_date
            and compared.control_id = after.control_id
    where
        compared.total_count_before <> compared.total_count_after
        and {{ unmet_count('compared.total_count_before', 'before.score_percentage') }}
        = {{ unmet_count('compared.total_count_after', 'after.score_percentage') }}

)

select
    compared.*,
    coalesce(compared.state_before, 'default') <> coalesce(compared.state_after, 'default')
        as has_other_state,
    coalesce(compared.state_changed_at >= compared.score_date - 7, false) as has_new_state,
    recounted.tenant_id is not null as is_recounted,
    case
        when
            (coalesce(compared.state_before, '') = 'ignored')
            <> (coalesce(compared.state_after, '') = 'ignored')
            then 'exception_changed'
        when offerings.tenant_id is not null and compared.is_after then 'service_gained'
        when offerings.tenant_id is not null then 'service_lost'
        when compared.is_after and profiles.has_appeared then 'control_added'
        when compared.is_before and profiles.has_left then 'control_retired'
        else 'scored_set_changed'
    end as entry_cause
from compared
left join offerings
    on
        compared.tenant_id = offerings.tenant_id
        and compared.score_date = offerings.score_date
left join profiles
    on
        compared.tenant_id = profiles.tenant_id
        and compared.previous_date = profiles.previous_date
        and compared.score_date = profiles.score_date
        and compared.control_id = profiles.control_id
left join recounted
    on
        compared.tenant_id = recounted.tenant_id
        and compared.previous_date = recounted.previous_date
        and compared.score_date = recounted.score_date
        and compared.control_id = recounted.control_id
