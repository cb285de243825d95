-- Later copies of a control inside one record. Grouping first keeps the window off the many
-- records that have none.
with

controls as (

    select * from {{ ref('stg_graph__secure_scores_control_scores') }}
    where quarantine_reason is null

),

suspects as (

    select
        run_id,
        tenant_id,
        record_index,
        control_id
    from controls
    group by run_id, tenant_id, record_index, control_id
    having count(*) > 1

),

numbered as (

    select
        controls.run_id,
        controls.tenant_id,
        controls.record_index,
        controls.item_index,
        controls.control_id,
        row_number() over (
            partition by
                controls.run_id, controls.tenant_id, controls.record_index, controls.control_id
            order by controls.item_index
        ) as copy_number
    from controls
    inner join suspects
        on
            controls.run_id = suspects.run_id
            and controls.tenant_id = suspects.tenant_id
            and controls.record_index = suspects.record_index
            and controls.control_id = suspects.control_id

)

select
    run_id,
    tenant_id,
    record_index,
    item_index,
    control_id
from numbered
where copy_number > 1
