-- The state updates under the name that the scores use, on the day from which they count, in the
-- order in which they replace each other. An undated one counts from the day it was first seen.
select
    updates.tenant_id,
    coalesce(scored.control_id, updates.control_id) as control_id,
    updates.state,
    updates.updated_at,
    updates.updated_by,
    updates.assigned_to,
    updates.comment,
    coalesce(cast(updates.updated_at as date), updates.first_listed_date) as from_date,
    updates.listed_until,
    row_number() over (
        partition by updates.tenant_id, coalesce(scored.control_id, updates.control_id)
        order by
            coalesce(updates.updated_at, timestamp '1900-01-01 00:00:00'),
            updates.item_index,
            updates.state
    ) as update_number
from {{ ref('int_control_states_dated') }} as updates
left join {{ ref('int_controls_scored') }} as scored
    on
        updates.tenant_id = scored.tenant_id
        and updates.control_id = scored.profile_id
