-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- The last successful sign-in of each listed user as each day knew it, null where there was none.
-- Only of days that show sign-ins, and of nobody who holds no role.
select
    users.tenant_id,
    users.snapshot_date,
    lower(users.user_id) as user_id,
    max(users.last_sign_in_at) as last_sign_in_at
from {{ ref('int_users_protected') }} as users
inner join {{ ref('int_feed_readings_pivoted') }} as readings using (tenant_id, snapshot_date)
where
    users.is_listed
    and readings.sign_in_status in ('ok', 'empty')
group by users.tenant_id, users.snapshot_date, lower(users.user_id)
