-- Control rows of the new captures whose keys and ranges hold. Facts use the first of several
-- copies in one record. Grouping first keeps the window off the many records that have none.
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

copies as (

    select
        controls.run_id,
        controls.tenant_id,
        controls.record_index,
        controls.item_index,
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
    controls.*,
    coalesce(copies.copy_number, 1) as copy_number
from controls
left join copies
    on
        controls.run_id = copies.run_id
        and controls.tenant_id = copies.tenant_id
        and controls.record_index = copies.record_index
        and controls.item_index = copies.item_index
