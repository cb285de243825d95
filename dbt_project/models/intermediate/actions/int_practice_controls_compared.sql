-- What Secure Score's own controls say of each practice, on the newest record and on the last one
-- before the deciding policy was enforced.
with

records as (

    select
        practices.tenant_id,
        practices.practice,
        policies.enforced_since_date,
        max(scores.score_date) as score_date,
        max(scores.score_date) filter (where scores.score_date < policies.enforced_since_date)
            as before_date
    from {{ ref('int_practices_evaluated') }} as practices
    left join {{ ref('int_policies_enforced') }} as policies
        on
            practices.tenant_id = policies.tenant_id
            and practices.deciding_policy_id = policies.policy_id
    inner join {{ ref('int_score_records_chosen') }} as scores
        on practices.tenant_id = scores.tenant_id
    group by practices.tenant_id, practices.practice, policies.enforced_since_date

),

controls as (

    select
        records.tenant_id,
        records.practice,
        records.enforced_since_date,
        scores.score_date,
        scores.score_date = records.score_date as is_newest,
        scores.control_id,
        scores.score_ratio,
        scores.implementation_level,
        scores.state,
        scores.last_synced_at
    from records
    inner join {{ ref('fct_control_score_daily') }} as scores
        on
            records.tenant_id = scores.tenant_id
            and scores.score_date in (records.score_date, records.before_date)
    inner join {{ ref('practice_controls') }} as practice_controls
        on
            records.practice = practice_controls.practice
            and lower(scores.control_id) = lower(practice_controls.control_id)

)

select
    tenant_id,
    practice,
    enforced_since_date,
    max(score_date) filter (where is_newest) as score_date,
    string_agg(distinct control_id, ', ' order by control_id) filter (where is_newest)
        as control_ids,
    -- A practice with two controls is as far as the lesser of them.
    min(score_ratio) filter (where is_newest) as score_ratio,
    min(score_ratio) filter (where not is_newest) as before_ratio,
    case
        when bool_or(implementation_level = 'unknown') filter (where is_newest) then 'unknown'
        when bool_and(implementation_level = 'full') filter (where is_newest) then 'implemented'
        when bool_and(implementation_level = 'none') filter (where is_newest)
            then 'not_implemented'
        else 'partial'
    end as secure_score_status,
    max(state) filter (where is_newest and {{ is_excepted('state') }}) as exception_state,
    min(last_synced_at) filter (where is_newest) as last_synced_at
from controls
group by tenant_id, practice, enforced_since_date
having bool_or(is_newest)
