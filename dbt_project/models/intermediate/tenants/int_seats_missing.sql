-- The licences that each tenant owns too few seats of, as the newest day says that read them.
select
    tenant_id,
    licence,
    arg_max(missing_seat_count, snapshot_date) as missing_seat_count
from {{ ref('int_tenant_seats') }}
where licence_coverage is not null
group by tenant_id, licence
having arg_max(licence_coverage, snapshot_date) = 'partial'
