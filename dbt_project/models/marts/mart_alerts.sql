-- Long: whether an alert is open hangs on the newest day of its kind, and three sources tell those.
with

signals as (

    select
        *,
        lag(seen_date) over (
            partition by tenant_id, alert_kind, subject_id order by seen_date
        ) as previous_date
    from {{ ref('int_alert_signals_detected') }}

),

-- What is away for a few days and comes back is the same alert, and nobody is told twice.
numbered as (

    select
        *,
        count(*) filter (
            where
            previous_date is null
            -- A fall of the score is one, however many days are without a record.
            or (
                alert_kind <> 'score_dropped'
                and seen_date > previous_date + {{ var('alert_gap_days') }}
            )
        ) over (
            partition by tenant_id, alert_kind, subject_id order by seen_date
        ) as alert_number
    from signals

),

alerts as (

    select
        tenant_id,
        alert_kind,
        subject_id,
        min(seen_date) as first_seen_date,
        max(seen_date) as last_seen_date,
        count(*) as seen_day_count,
        arg_max(basis, seen_date) as basis,
        arg_max(subject_name, seen_date) as subject_name,
        arg_max(severity, seen_date) as severity,
        arg_max(cause, seen_date) as cause
    from numbered
    group by tenant_id, alert_kind, subject_id, alert_number

),

-- The newest day on which each kind could be seen: an alert that was there that day is open.
posture_days as (

    select
        tenant_id,
        max(snapshot_date) filter (where privileged_count is not null) as role_date,
        max(snapshot_date) filter (where policy_status in ('ok', 'empty')) as policy_date,
        max(snapshot_date) filter (
            where
            privileged_count is not null
            and policy_status in ('ok', 'empty')
            and unprotected_count is not null
        ) as protection_date,
        max(snapshot_date) filter (
            where privileged_count is not null and risk_status in ('ok', 'empty')
        ) as risk_date,
        max(score_date) as score_date
    from {{ ref('fct_identity_posture_daily') }}
    group by tenant_id

),

application_days as (

    select
        tenant_id,
        max(extract_date) as application_date,
        max(extract_date) filter (where has_grants) as delegation_date
    from (
        select
            tenant_id,
            extract_date,
            not bool_and({{ without_grants('note') }}) filter (
                where feed = 'application_permissions'
            ) as has_grants
        from {{ ref('fct_collection') }}
        where
            feed in ('application_permissions', 'service_principals')
            and outcome in ('ok', 'empty')
        group by tenant_id, extract_date
        having count(distinct feed) = 2
    )
    group by tenant_id

),

feed_days as (

    select
        tenant_id,
        feed,
        max(extract_date) as feed_date
    from {{ ref('fct_collection') }}
    where outcome <> 'not_for_this_date'
    group by tenant_id, feed

)

select
    alerts.tenant_id,
    tenants.tenant_name,
    alerts.alert_kind,
    alerts.subject_id,
    alerts.subject_name,
    alerts.severity,
    coalesce(
        alerts.last_seen_date >= case alerts.basis
            when 'role' then posture_days.role_date
            when 'policy' then posture_days.policy_date
            when 'protection' then posture_days.protection_date
            when 'risk' then posture_days.risk_date
            when 'score' then posture_days.score_date
            when 'application' then application_days.application_date
            when 'delegation' then application_days.delegation_date
            when 'feed' then feed_days.feed_date
        end,
        true
    ) as is_open,
    alerts.first_seen_date,
    alerts.last_seen_date,
    alerts.seen_day_count,
    alerts.cause
from alerts
left join posture_days using (tenant_id)
left join application_days using (tenant_id)
left join feed_days
    on
        alerts.tenant_id = feed_days.tenant_id
        and alerts.subject_id = feed_days.feed
left join {{ ref('dim_tenant') }} as tenants using (tenant_id)
