-- Who did what, in the words that are compared: without case, and with one kind of dash.
select
    entries.run_id,
    entries.tenant_id,
    entries.extract_date,
    entries.record_index,
    entries.id as audit_id,
    {{ snake_case('entries.category') }} as category,
    replace(lower(entries.activity_display_name), '–', '-') as activity,
    cast(entries.activity_date_time as timestamp) as activity_at,
    lower(entries.result) = 'success' as is_success,
    coalesce(
        actors.user_user_principal_name,
        actors.user_display_name,
        actors.app_display_name,
        actors.app_service_principal_name,
        actors.user_id,
        actors.app_service_principal_id
    ) as actor_name,
    case
        when entries.id is null or entries.id = '' then 'audit entry without an id'
    end as quarantine_reason
from {{ source('graph', 'directory_audits') }} as entries
left join {{ source('graph', 'directory_audits_initiated_by') }} as actors
    on
        entries.run_id = actors.run_id
        and entries.tenant_id = actors.tenant_id
        and entries.record_index = actors.record_index
