-- Long: users and detections are counted side by side, each null where its own feed was not read.
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

readings as (

    select
        outcomes.tenant_id,
        outcomes.snapshot_date,
        bool_or(outcomes.feed = 'risky_users') as has_users,
        bool_or(outcomes.feed = 'risk_detections') as has_detections
    from {{ ref('int_feed_outcomes') }} as outcomes
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where
        outcomes.feed in ('risky_users', 'risk_detections')
        and outcomes.outcome in ('ok', 'empty')
    group by outcomes.tenant_id, outcomes.snapshot_date

),

users as (

    {{ captured_rows('stg_graph__risky_users', 'risky_users') }}
    where
        reported.quarantine_reason is null
        and reported.is_deleted is not true

),

detections as (

    {{ captured_rows('stg_graph__risk_detections', 'risk_detections') }}
    where
        reported.quarantine_reason is null
        -- What the feed asks for; a server that sends more must not count for more.
        and reported.detected_at >= captures.extract_date - {{ var('risk_detection_days') }}

),

reported as (

    select
        tenant_id,
        snapshot_date,
        risk_level,
        risk_state,
        user_id,
        user_id as risky_user_id,
        cast(null as varchar) as detection_id,
        collected_at
    from users

    union all

    select
        tenant_id,
        snapshot_date,
        risk_level,
        risk_state,
        user_id,
        cast(null as varchar) as risky_user_id,
        detection_id,
        collected_at
    from detections

),

classified as (

    select
        reported.*,
        case
            when list_contains(holders.holder_ids, reported.user_id) then 'holder'
            when holders.is_complete and reported.user_id is not null then 'not_holder'
            else 'unknown'
        end as role_holder
    from reported
    left join {{ ref('int_role_holders_known') }} as holders using (tenant_id, snapshot_date)

),

counted as (

    select
        tenant_id,
        snapshot_date,
        coalesce(risk_level, 'unknown') as risk_level,
        coalesce(risk_state, 'unknown') as risk_state,
        role_holder,
        count(distinct risky_user_id) as user_count,
        count(distinct detection_id) as detection_count,
        max(collected_at) as collected_at
    from classified
    group by
        tenant_id,
        snapshot_date,
        coalesce(risk_level, 'unknown'),
        coalesce(risk_state, 'unknown'),
        role_holder

)

select
    counted.tenant_id,
    counted.snapshot_date,
    counted.risk_level,
    counted.risk_state,
    counted.role_holder,
    case counted.role_holder when 'holder' then true when 'not_holder' then false end
        as is_role_holder,
    case when readings.has_users then counted.user_count end as user_count,
    case when readings.has_detections then counted.detection_count end as detection_count,
    counted.collected_at
from counted
inner join readings using (tenant_id, snapshot_date)
