-- Days whose facts on people and roles this build replaces: all on which a run asked anything. Who
-- holds what depends on so many feeds, refusals of PIM included, that none is worth leaving out.
select
    tenant_id,
    snapshot_date as capture_date,
    snapshot_date
from {{ ref('int_snapshot_days_new') }}
