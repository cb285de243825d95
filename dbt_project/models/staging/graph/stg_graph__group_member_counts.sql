select
    run_id,
    tenant_id,
    lower(group_id) as group_id,
    {{ snake_case("replace(odata_type, '#microsoft.graph.', '')") }} as member_type,
    count as member_count
from {{ source('graph', 'group_member_counts') }}
