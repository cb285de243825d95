-- The ledger's other half: captures that no finished build has processed yet.
select
    run_id,
    tenant_id,
    feed,
    extract_date,
    collected_at,
    outcome,
    part
from {{ ref('stg_graph__collection_log') }}
where is_new
