-- The days whose score facts this build replaces, also those that have become empty.
select
    records.tenant_id,
    records.score_date
from {{ ref('int_score_records_chosen') }} as records
inner join {{ ref('int_tenants_to_rebuild') }} as tenants
    on
        records.tenant_id = tenants.tenant_id
        and records.score_date >= tenants.from_date
