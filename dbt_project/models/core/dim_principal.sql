-- The newest that Graph told of each, so that one deleted later keeps its name.
select
    tenant_id,
    principal_id,
{%- for attribute in [
    'principal_type', 'partner_tenant_id', 'principal_name', 'user_principal_name', 'is_guest',
    'is_enabled', 'is_synced', 'is_deleted',
] %}
    arg_max_null({{ attribute }}, snapshot_date) as {{ attribute }}{{ "," if not loop.last }}
{%- endfor %}
from {{ ref('int_principal_changes') }}
group by tenant_id, principal_id
