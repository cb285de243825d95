-- Long: each reason is a set of its own, and the first that applies is chosen in one place.
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

-- Over records without a ratio a change may lie anywhere between the two of a pair.
inferred as (

    select
        compared.tenant_id,
        compared.previous_date,
        compared.score_date,
        compared.control_id,
        max(told.tenant_count) as inferred_from_tenant_count
    from compared
    inner join {{ ref('int_inferred_changes_dated') }} as told
        on
            compared.tenant_id = told.tenant_id
            and compared.control_id = told.control_id
            and compared.previous_date < told.score_date
            and compared.score_date >= told.score_date
    where
        told.is_current
        and told.kind = case
            when not compared.is_before then 'entered'
            when not compared.is_after then 'left'
            when compared.max_points_after > compared.max_points_before then 'max_raised'
            else 'max_lowered'
        end
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
    offerings.tenant_id is not null as has_new_offering,
    inferred.inferred_from_tenant_count,
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
left join offerings using (tenant_id, score_date)
left join profiles using (tenant_id, previous_date, score_date, control_id)
left join recounted using (tenant_id, previous_date, score_date, control_id)
left join inferred using (tenant_id, previous_date, score_date, control_id)
