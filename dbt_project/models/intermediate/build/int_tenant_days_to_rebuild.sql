-- The tenant-days this build replaces: what a run asked, every day whose score changed or that
-- looks back at one, and all of a tenant that a run configured or learnt the name of for the first
-- time.
with

tenant_days as (

    select
        tenant_id,
        score_date as snapshot_date
    from {{ ref('int_score_records_chosen') }}

    union

    select
        tenant_id,
        extract_date as snapshot_date
    from {{ ref('fct_collection') }}

),

new_days as (

    select
        tenant_id,
        snapshot_date
    from {{ ref('int_snapshot_days_new') }}

),

score_starts as (

    select
        tenant_id,
        min(score_date) as from_date
    from {{ ref('int_score_scope_days_to_rebuild') }}
    group by tenant_id

),

first_configs as (

    select
        tenant_id,
        min(run_id) as first_run_id
    from {{ ref('int_tenant_configs') }}
    group by tenant_id

),

new_tenants as (

    select first_configs.tenant_id
    from first_configs
    inner join {{ ref('stg_graph__tenant_config') }} as config
        on
            first_configs.tenant_id = config.tenant_id
            and first_configs.first_run_id = config.run_id

),

-- The first name that could be read is that of the days before it too.
newly_named as (

    select first_names.tenant_id
    from (
        select
            tenant_id,
            min(snapshot_date) as snapshot_date
        from {{ ref('int_tenant_names') }}
        group by tenant_id
    ) as first_names
    inner join new_days
        on
            first_names.tenant_id = new_days.tenant_id
            and first_names.snapshot_date = new_days.snapshot_date

),

renewed as (

    select tenant_id from new_tenants

    union

    select tenant_id from newly_named

),

new_configs as (

    select min(extract_date) as from_date
    from {{ ref('stg_graph__tenant_config') }}

)

select
    days.tenant_id,
    days.snapshot_date
from tenant_days as days
cross join new_configs
left join new_days
    on
        days.tenant_id = new_days.tenant_id
        and days.snapshot_date = new_days.snapshot_date
left join score_starts
    on days.tenant_id = score_starts.tenant_id
left join renewed
    on days.tenant_id = renewed.tenant_id
where
    new_days.tenant_id is not null
    or days.snapshot_date >= score_starts.from_date
    or renewed.tenant_id is not null
    or days.snapshot_date >= new_configs.from_date
