-- Since when each open control is open, as far as our history goes: one that was open on the
-- tenant's first record has been open for at least so long.
with

newest as (

    select
        tenant_id,
        control_id,
        nullif(
            arg_max(coalesce(open_since_date, date '9999-12-31'), score_date),
            date '9999-12-31'
        ) as open_since_date
    from {{ ref('int_control_changes') }}
    group by tenant_id, control_id

),

first_records as (

    select
        tenant_id,
        min(score_date) as first_record_date
    from {{ ref('int_control_changes') }}
    where previous_date is null
    group by tenant_id

)

select
    newest.tenant_id,
    newest.control_id,
    newest.open_since_date,
    coalesce(newest.open_since_date = first_records.first_record_date, false)
        as is_open_since_first_record
from newest
left join first_records using (tenant_id)
where newest.open_since_date is not null
