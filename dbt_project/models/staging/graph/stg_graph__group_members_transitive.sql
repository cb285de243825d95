select distinct
    run_id,
    tenant_id,
    lower(group_id) as group_id,
    lower(id) as member_id,
    {{ snake_case("replace(odata_type, '#microsoft.graph.', '')") }} as member_type
from {{ source('graph', 'group_members_transitive') }}
