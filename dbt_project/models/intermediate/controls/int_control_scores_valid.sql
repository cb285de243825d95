{{ config(materialized='view') }}

-- Control rows that facts may use: keys and ranges hold, the first of several copies.
select controls.*
from {{ ref('stg_graph__secure_scores_control_scores') }} as controls
left join {{ ref('int_controls_duplicated') }} as duplicates
    on
        controls.run_id = duplicates.run_id
        and controls.tenant_id = duplicates.tenant_id
        and controls.record_index = duplicates.record_index
        and controls.item_index = duplicates.item_index
where
    controls.quarantine_reason is null
    and duplicates.run_id is null
