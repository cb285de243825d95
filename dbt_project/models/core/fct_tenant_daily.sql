{{
    config(
        materialized='incremental',
        incremental_strategy='changed_days',
        changed_days='int_tenant_days_changed',
        changed_key=['tenant_id', 'snapshot_date'],
        on_schema_change='append_new_columns',
    )
}}

with

days as (

    select * from {{ ref('int_tenant_days_changed') }}

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
        ) as extract_date,
        count(*) filter (where runs.extract_date <= days.snapshot_date) = 0 as is_before_runs
    from (select distinct snapshot_date from days) as days
    cross join runs
    group by days.snapshot_date

),

active as (

    select
        deciding_dates.snapshot_date,
        configs.tenant_id
    from deciding_dates
    inner join runs
        on deciding_dates.extract_date = runs.extract_date
    inner join {{ ref('int_tenant_configs') }} as configs
        on runs.run_id = configs.run_id

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
            and (changes.config_number = 1 or changes.extract_date <= days.snapshot_date)
    group by days.tenant_id, days.snapshot_date

),

name_changes as (

    select
        tenant_id,
        snapshot_date,
        organization_name,
        name_number
    from (
        select
            *,
            lag(organization_name) over (partition by tenant_id order by snapshot_date)
                as previous_name,
            row_number() over (partition by tenant_id order by snapshot_date) as name_number
        from {{ ref('int_tenant_names') }}
    )
    where
        name_number = 1
        or organization_name is distinct from previous_name

),

organizations as (

    select
        days.tenant_id,
        days.snapshot_date,
        arg_max(names.organization_name, names.name_number) as organization_name
    from days
    inner join name_changes as names
        on
            days.tenant_id = names.tenant_id
            and (names.name_number = 1 or names.snapshot_date <= days.snapshot_date)
    group by days.tenant_id, days.snapshot_date

)

select
    days.tenant_id,
    days.snapshot_date,
    coalesce(configs.tenant_name, organizations.organization_name, days.tenant_id)
        as tenant_name,
    coalesce(configs.segment, 'mid_size') as segment,
    configs.tags,
    coalesce(licences.licence_tier, records.licence_tier) as licence_tier,
    cast(
        case
            when coalesce(licences.licence_tier, records.licence_tier) = 'free'
                then records.active_user_count
            else licences.seat_count
        end as bigint
    ) as seat_count,
    active.tenant_id is not null as is_active
from days
left join configs
    on
        days.tenant_id = configs.tenant_id
        and days.snapshot_date = configs.snapshot_date
left join organizations
    on
        days.tenant_id = organizations.tenant_id
        and days.snapshot_date = organizations.snapshot_date
left join {{ ref('int_tenant_licences') }} as licences
    on
        days.tenant_id = licences.tenant_id
        and days.snapshot_date = licences.snapshot_date
left join {{ ref('int_score_records_chosen') }} as records
    on
        days.tenant_id = records.tenant_id
        and days.snapshot_date = records.score_date
left join active
    on
        days.tenant_id = active.tenant_id
        and days.snapshot_date = active.snapshot_date
