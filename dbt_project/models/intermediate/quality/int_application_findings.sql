{{ config(materialized='view') }}

-- Application permissions that applications hold by name and that nobody has judged: they came
-- after the list, and count as harmless until they are on it.
select
    held.tenant_id,
    'unlisted_permissions' as finding,
    'application_permissions' as feed,
    coalesce(held.resource_name, held.resource_application_id) || ': ' || held.permission_name
        as subject,
    min(held.snapshot_date) as first_date,
    max(held.snapshot_date) as last_date,
    count(distinct held.service_principal_id) as finding_count,
    'Held by ' || min(coalesce(held.service_principal_name, held.service_principal_id))
    || '; how far it reaches is not known here.' as detail
from {{ ref('fct_application_privilege_daily') }} as held
left join {{ ref('graph_permission_privileges') }} as listed
    on
        held.resource_application_id = listed.resource_application_id
        and lower(held.permission_name) = lower(listed.permission)
where
    held.is_application_permission
    and held.resource_application_id is not null
    and listed.permission is null
    -- A role that the API no longer describes has an id and no name.
    and not regexp_full_match(held.permission_name, '[0-9a-fA-F-]{36}')
group by held.tenant_id, subject
