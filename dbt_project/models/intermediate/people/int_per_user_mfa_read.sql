-- One row per user and replaced day whose per-user MFA was asked for and told.
select
    tenant_id,
    snapshot_date,
    user_id as principal_id,
    max(per_user_mfa_state) as per_user_mfa_state
from ({{ captured_rows('stg_graph__per_user_mfa', 'per_user_mfa') }})
where quarantine_reason is null
group by tenant_id, snapshot_date, user_id
