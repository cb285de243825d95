-- Long: the advice is one sentence for each thing that it needs.
with

evaluated as (

    select
        practices.*,
        policies.policy_name as deciding_policy_name,
        policies.enforced_since_date,
        policies.changed_at,
        compared.control_ids,
        compared.score_date,
        compared.score_ratio,
        compared.before_ratio,
        compared.secure_score_status,
        compared.exception_state,
        compared.last_synced_at,
        advice.advice,
        advice.required_licence,
        disagreements.reason as disagreement,
        case
            when not disagreements.is_left_out_counted or practices.affected_count = 0 then ''
            when practices.affected_count = 1 then ' 1 is left out.'
            else coalesce(' ' || practices.affected_count || ' are left out.', '')
        end as left_out_words,
        case
            when advice.required_licence = 'free' then true
            when advice.required_licence = 'p1' then practices.licence_tier in ('p1', 'p2')
            else practices.licence_tier = 'p2'
        end as is_licence_owned,
        case
            when
                practices.practice in (
                    'mfa_all_users', 'block_legacy_authentication', 'sign_in_risk_policy',
                    'user_risk_policy'
                )
                and practices.licence_tier in ('p1', 'p2')
                and (practices.licence_tier = 'p2' or advice.required_licence = 'p1')
                then seats.missing_seat_count
        end as missing_seat_count,
        offered.tenant_id is not null
        and practices.practice in ('mfa_all_users', 'mfa_admins', 'block_legacy_authentication')
            as is_met_by_defaults,
        case
            when practices.status in ('unknown', 'not_licensed') then null
            when compared.secure_score_status = 'unknown' then null
            else
                (practices.status = 'implemented')
                = (compared.secure_score_status = 'implemented')
        end as sources_agree
    from {{ ref('int_practices_evaluated') }} as practices
    left join {{ ref('int_policies_enforced') }} as policies
        on
            practices.tenant_id = policies.tenant_id
            and practices.deciding_policy_id = policies.policy_id
    left join {{ ref('int_practice_controls_compared') }} as compared
        on
            practices.tenant_id = compared.tenant_id
            and practices.practice = compared.practice
    left join {{ ref('practice_advice') }} as advice
        on
            practices.practice = advice.practice
            and practices.segment = advice.segment
    left join {{ ref('int_seats_missing') }} as seats
        on
            practices.tenant_id = seats.tenant_id
            and advice.required_licence = seats.licence
    left join {{ ref('int_security_defaults_offered') }} as offered
        on
            practices.tenant_id = offered.tenant_id
            and practices.snapshot_date = offered.snapshot_date
    left join {{ ref('practice_disagreements') }} as disagreements
        on
            practices.practice = disagreements.practice
            and (practices.status = 'implemented')
            = disagreements.configuration_says_implemented

)

select
    tenant_id,
    practice,
    snapshot_date,
    segment,
    licence_tier,
    status,
    evidence,
    cast(affected_count as bigint) as affected_count,
    deciding_policy_id,
    deciding_policy_name,
    enforced_since_date,
    advice || case
        when is_licence_owned is false
            then ' This needs a ' || upper(required_licence)
                || ' licence, which the tenant does not own'
                || case
                    when practice in ('mfa_all_users', 'mfa_admins', 'block_legacy_authentication')
                        then '; until then security defaults do it.'
                    else '.'
                end
        when is_licence_owned is null
            then ' This needs a ' || upper(required_licence)
                || ' licence; whether it is owned could not be read.'
        else ''
    end || case
        when missing_seat_count is not null
            then ' This is for all users: '
                || {{ seats_needed('missing_seat_count', 'required_licence') }} || '.'
        else ''
    end || case
        when is_met_by_defaults and required_licence <> 'free' and is_licence_owned is not false
            then ' Until then turn on security defaults: they need no licence,'
                || ' and no enabled policy stands in their way.'
        else ''
    end as advice,
    required_licence,
    is_licence_owned,
    missing_seat_count,
    control_ids,
    score_date,
    score_ratio,
    before_ratio,
    case
        when enforced_since_date is null then null
        when score_ratio >= 1 - 1e-9 then true
        else score_ratio > before_ratio
    end as has_score_followed,
    secure_score_status,
    sources_agree,
    case
        when sources_agree is not false then null
        when exception_state is not null
            then 'The control is marked ' || replace(exception_state, '_', ' ')
                || ', which decides its points.'
        when
            coalesce(changed_at, timestamp '1900-01-01 00:00:00')
            > coalesce(last_synced_at, cast(score_date as timestamp))
            - interval {{ var('score_lag_days') }} days
            then 'Secure Score lags: the policy changed on ' || strftime(changed_at, '%Y-%m-%d')
                || ', and a change takes up to a week to be counted.'
        else disagreement || left_out_words
    end as disagreement_reason
from evaluated
