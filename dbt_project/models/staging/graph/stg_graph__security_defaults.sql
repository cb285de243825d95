select
    run_id,
    tenant_id,
    extract_date,
    coalesce(id, '00000000-0000-0000-0000-000000000005') as policy_id,
    coalesce(display_name, 'Security Defaults') as policy_name,
    is_enabled,
    case
        when is_enabled is null then 'security defaults that are neither on nor off'
    end as quarantine_reason
from {{ source('graph', 'security_defaults') }}
