-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- Users whose credentials Identity Protection found leaked, as of each day.
select
    detections.tenant_id,
    detections.snapshot_date,
    detections.user_id,
    max(detections.detected_at) as detected_at,
    bool_or(detections.risk_state in ('at_risk', 'confirmed_compromised')) as is_at_risk
from ({{ captured_rows('stg_graph__risk_detections', 'risk_detections') }}) as detections
where
    detections.quarantine_reason is null
    and lower(detections.risk_event_type) = 'leakedcredentials'
group by detections.tenant_id, detections.snapshot_date, detections.user_id
