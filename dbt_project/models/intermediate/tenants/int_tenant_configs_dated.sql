-- What tenants.yaml said of each tenant on each changed day: the newest change up to it, before the
-- first run the first; `is_active`: the run that decides the day had the tenant configured.
with

days as (

    select * from {{ ref('int_tenant_days_to_rebuild') }}

),

runs as (

    select * from {{ ref('int_runs') }}
    where is_newest_of_date

),

-- The run that decides a day: the newest of the newest date up to it, else the first of all.
deciding_dates as (

    select
        days.snapshot_date,
        coalesce(
            max(runs.extract_date) filter (where runs.extract_date <= days.snapshot_date),
            min(runs.extract_date)
        ) as extract_date
    from (select distinct snapshot_date from days) as days
    cross join runs
    group by days.snapshot_date

),

active as (

    select
        deciding_dates.snapshot_date,
        configs.tenant_id
    from deciding_dates
    inner join runs using (extract_date)
    inner join {{ ref('int_tenant_configs') }} as configs using (run_id)

),

-- Only what changed, so that a day meets a handful of rows and not one a run.
config_changes as (

    select * exclude (previous_config)
    from (
        select
            tenant_id,
            tenant_name,
            segment,
            tags,
            extract_date,
            (tenant_name, segment, tags) as config,
            lag((tenant_name, segment, tags)) over (
                partition by tenant_id order by extract_date, run_id
            ) as previous_config,
            row_number() over (partition by tenant_id order by extract_date, run_id)
                as config_number
        from {{ ref('int_tenant_configs') }}
    )
    where
        config_number = 1
        or config is distinct from previous_config

),

configs as (

    select
        days.tenant_id,
        days.snapshot_date,
        arg_max(changes.tenant_name, changes.config_number) as tenant_name,
        arg_max(changes.segment, changes.config_number) as segment,
        arg_max(changes.tags, changes.config_number) as tags
    from days
    inner join config_changes as changes
        on
            days.tenant_id = changes.tenant_id
            and (changes.config_number = 1 or days.snapshot_date >= changes.extract_date)
    group by days.tenant_id, days.snapshot_date

)

select
    days.tenant_id,
    days.snapshot_date,
    configs.tenant_name,
    configs.segment,
    configs.tags,
    active.tenant_id is not null as is_active
from days
left join configs using (tenant_id, snapshot_date)
left join active using (tenant_id, snapshot_date)
