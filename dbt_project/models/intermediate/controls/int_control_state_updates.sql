-- depends_on: {{ ref('int_profile_captures_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_profile_captures_new',
        replace_key=['tenant_id', 'capture_date'],
    )
}}

-- The state updates of every profile version; the untouched default, one null-dated row on almost
-- every control, is left out.
select
    profiles.tenant_id,
    profiles.control_id,
    profiles.capture_date,
    updates.item_index,
    updates.state,
    updates.updated_at,
    updates.updated_by,
    updates.assigned_to,
    updates.comment
from {{ ref('stg_graph__secure_score_control_profiles_control_state_updates') }} as updates
inner join {{ ref('int_control_profiles_observed') }} as profiles
    on
        updates.run_id = profiles.run_id
        and updates.tenant_id = profiles.tenant_id
        and updates.record_index = profiles.record_index
inner join {{ ref('int_control_profile_changes') }} as changes
    on
        profiles.tenant_id = changes.tenant_id
        and profiles.control_id = changes.control_id
        and profiles.capture_date = changes.capture_date
where
    changes.is_present
    and updates.state is not null
    and (updates.state <> 'default' or updates.updated_at is not null)
