-- Tenants whose recommendations were read again: the newest of those days, with its capture.
select
    tenant_id,
    max(extract_date) as snapshot_date
from {{ ref('int_captures_deduplicated') }}
where feed = 'recommendations'
group by tenant_id
