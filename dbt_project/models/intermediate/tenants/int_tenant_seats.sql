{{
    config(
        materialized='incremental',
        replace_days='int_tenant_days_to_rebuild',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- For each licence that a tenant owned on a changed day: are there seats for all who are enabled?
-- The registration report leaves out disabled users; P2 brings what P1 does.
with

owned as (

    select
        licences.tenant_id,
        licences.snapshot_date,
        'p1' as licence,
        licences.p1_seat_count as seat_count
    from {{ ref('int_tenant_licences') }} as licences
    inner join {{ ref('int_tenant_days_to_rebuild') }} using (tenant_id, snapshot_date)
    where licences.licence_tier in ('p1', 'p2')

    union all

    select
        licences.tenant_id,
        licences.snapshot_date,
        'p2' as licence,
        licences.seat_count
    from {{ ref('int_tenant_licences') }} as licences
    inner join {{ ref('int_tenant_days_to_rebuild') }} using (tenant_id, snapshot_date)
    where licences.licence_tier = 'p2'

),

counted as (

    select
        owned.*,
        cast(
            coalesce(
                nullif(registered.mfa_user_count, 0), nullif(records.active_user_count, 0)
            ) as bigint
        ) as member_count
    from owned
    left join {{ ref('int_registrations_counted') }} as registered
        using (tenant_id, snapshot_date)
    left join {{ ref('int_score_records_chosen') }} as records
        on
            owned.tenant_id = records.tenant_id
            and owned.snapshot_date = records.score_date

),

shared as (

    select
        *,
        {{ ratio('seat_count', 'member_count') }} as seat_share
    from counted

)

select
    tenant_id,
    snapshot_date,
    licence,
    case when seat_share < 1 then seat_share when seat_share >= 1 then 1.0 end
        as licensed_seat_ratio,
    case
        when licensed_seat_ratio >= {{ var('full_seat_ratio') }} then 'full'
        when licensed_seat_ratio is not null then 'partial'
    end as licence_coverage,
    case when licensed_seat_ratio is not null then greatest(member_count - seat_count, 0) end
        as missing_seat_count
from shared
