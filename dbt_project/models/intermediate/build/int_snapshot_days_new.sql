-- Days on which a run asked anything of a tenant.
select distinct
    tenant_id,
    extract_date as snapshot_date
from {{ ref('int_captures_new') }}
