-- The spans of days on which a tenant was out of tenants.yaml that came back to it later: a run
-- that does not name it begins one, the next run of a later date ends it.
with

runs as (

    select
        run_id,
        extract_date,
        lead(extract_date) over (order by extract_date) as next_date
    from {{ ref('int_runs') }}
    where is_newest_of_date

),

configured as (

    select
        tenant_id,
        min(extract_date) as first_date,
        max(extract_date) as last_date
    from {{ ref('int_tenant_configs') }}
    group by tenant_id

)

select
    configured.tenant_id,
    runs.extract_date as from_date,
    runs.next_date as until_date
from configured
inner join runs
    on
        configured.first_date <= runs.extract_date
        and configured.last_date > runs.extract_date
left join {{ ref('int_tenant_configs') }} as listed
    on
        configured.tenant_id = listed.tenant_id
        and runs.run_id = listed.run_id
where listed.tenant_id is null
