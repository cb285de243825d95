{{
    config(
        materialized='incremental',
        replace_days='int_tenant_days_to_rebuild',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

days as (

    select * from {{ ref('int_tenant_days_to_rebuild') }}

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
            and (names.name_number = 1 or days.snapshot_date >= names.snapshot_date)
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
    seats.licensed_seat_ratio,
    case
        when coalesce(licences.licence_tier, records.licence_tier) = 'free' then 'none'
        else seats.licence_coverage
    end as licence_coverage,
    seats.missing_seat_count,
    coalesce(configs.is_active, false) as is_active
from days
left join {{ ref('int_tenant_configs_dated') }} as configs using (tenant_id, snapshot_date)
left join organizations using (tenant_id, snapshot_date)
left join {{ ref('int_tenant_licences') }} as licences using (tenant_id, snapshot_date)
left join {{ ref('int_tenant_seats') }} as seats
    on
        licences.tenant_id = seats.tenant_id
        and licences.snapshot_date = seats.snapshot_date
        and licences.licence_tier = seats.licence
left join {{ ref('int_score_records_chosen') }} as records
    on
        days.tenant_id = records.tenant_id
        and days.snapshot_date = records.score_date
