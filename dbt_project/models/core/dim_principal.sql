select
    tenant_id,
    principal_id,
    principal_type,
    principal_name,
    user_principal_name,
    is_guest,
    is_enabled,
    is_synced
from {{ ref('int_principals') }}
