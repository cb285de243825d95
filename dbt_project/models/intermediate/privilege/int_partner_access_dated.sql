-- Every role that a holder from another tenant has on a day on which the tenant's roles were read,
-- with the first day of that access. One that is away for a few days has not gone.
with

held as (

    select
        tenant_id,
        snapshot_date,
        principal_id,
        role_template_id,
        bool_or(is_privileged) as is_privileged
    from {{ ref('fct_role_assignment_daily') }}
    where principal_type = 'partner'
    group by tenant_id, snapshot_date, principal_id, role_template_id

),

read_days as (

    select
        tenant_id,
        snapshot_date,
        min(snapshot_date) over (partition by tenant_id) as first_read_date,
        row_number() over (partition by tenant_id order by snapshot_date) as day_number
    from {{ ref('fct_identity_posture_daily') }}
    where
        privileged_count is not null
        and tenant_id in (select held.tenant_id from held)

),

compared as (

    select
        held.*,
        read_days.first_read_date,
        read_days.day_number,
        lag(held.snapshot_date) over access_days as previous_date,
        lag(read_days.day_number) over access_days as previous_number
    from held
    inner join read_days using (tenant_id, snapshot_date)
    window access_days as (
        partition by held.tenant_id, held.principal_id, held.role_template_id
        order by held.snapshot_date
    )

),

begun as (

    select
        *,
        case
            when previous_date is null then snapshot_date
            -- A day on which nobody could read the roles says nothing of them.
            when
                day_number > previous_number + 1
                and snapshot_date > previous_date + {{ var('alert_gap_days') }}
                then snapshot_date
        end as begun_date
    from compared

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    role_template_id,
    is_privileged,
    first_read_date,
    last_value(begun_date ignore nulls) over (
        partition by tenant_id, principal_id, role_template_id
        order by snapshot_date
        rows unbounded preceding
    ) as first_seen_date
from begun
