-- Long: three feeds, each with rules of its own on what its silence means.
-- What the replaced days tell of each user: sign-ins, registered methods, risk. A user whom a feed
-- leaves out has nulls of it.
with

users as (

    select
        tenant_id,
        snapshot_date,
        user_id,
        max(last_successful_sign_in_at) as last_sign_in_at,
        max(created_at) as created_at,
        true as is_listed
    from ({{ captured_rows('stg_graph__users', 'users') }})
    where quarantine_reason is null
    group by tenant_id, snapshot_date, user_id

),

reports as (

    {{ captured_rows('stg_graph__user_registration_details', 'user_registration_details') }}

),

methods as (

    select
        registered.run_id,
        registered.tenant_id,
        registered.record_index,
        case
            when bool_or(methods.is_phishing_resistant) then true
            when bool_and(methods.method is not null) then false
        end as is_resistant
    from {{ ref('stg_graph__user_registration_details_methods_registered') }} as registered
    left join {{ ref('authentication_methods') }} as methods using (method)
    group by registered.run_id, registered.tenant_id, registered.record_index

),

registrations as (

    select
        reports.tenant_id,
        reports.snapshot_date,
        reports.user_id,
        bool_or(reports.is_mfa_registered) as is_mfa_registered,
        bool_or(reports.is_mfa_capable) as is_mfa_capable,
        -- Who is registered has a method: an empty list beside it says nothing of which, and
        -- neither does a method that the seed does not know.
        bool_or(
            case
                when methods.record_index is not null then methods.is_resistant
                when not reports.is_mfa_registered then false
            end
        ) as is_phishing_resistant,
        true as is_reported
    from reports
    left join methods using (run_id, tenant_id, record_index)
    where reports.quarantine_reason is null
    group by reports.tenant_id, reports.snapshot_date, reports.user_id

),

risks as (

    select
        tenant_id,
        snapshot_date,
        user_id,
        arg_max(risk_level, (risk_last_updated_at, record_index)) as risk_level,
        arg_max(risk_state, (risk_last_updated_at, record_index)) as risk_state
    from ({{ captured_rows('stg_graph__risky_users', 'risky_users') }})
    where
        quarantine_reason is null
        and is_deleted is not true
    group by tenant_id, snapshot_date, user_id

),

keys as (

    select
        tenant_id,
        snapshot_date,
        user_id
    from users

    union

    select
        tenant_id,
        snapshot_date,
        user_id
    from registrations

    union

    select
        tenant_id,
        snapshot_date,
        user_id
    from risks

)

select
    keys.tenant_id,
    keys.snapshot_date,
    keys.user_id,
    coalesce(users.is_listed, false) as is_listed,
    users.created_at,
    users.last_sign_in_at,
    coalesce(registrations.is_reported, false) as is_reported,
    registrations.is_mfa_registered,
    registrations.is_mfa_capable,
    registrations.is_phishing_resistant,
    risks.risk_level,
    risks.risk_state
from keys
{% for name in ['users', 'registrations', 'risks'] %}
    left join {{ name }} using (tenant_id, snapshot_date, user_id)
{% endfor %}
