-- What the register says now: the entries of the newest run.
select
    registers.tenant_id,
    registers.folded_control_id,
    registers.owner,
    registers.ticket,
    registers.reason,
    registers.review_by_date
from {{ ref('int_control_registers') }} as registers
inner join {{ ref('int_runs') }} as runs using (run_id)
where runs.is_newest
