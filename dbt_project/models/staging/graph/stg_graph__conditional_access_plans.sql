-- Conditional Access plans. What their rules ask for is kept in the lake and judged nowhere. One
-- that is disabled or in report-only is not at work; of a state that nobody knows that is not sure.
select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    id as plan_id,
    coalesce(display_name, id) as plan_name,
    coalesce(lower(state) not in ('disabled', 'enabledforreportingbutnotenforced'), true)
        as is_at_work,
    case when id is null or id = '' then 'plan without an id' end as quarantine_reason
from {{ source('graph', 'conditional_access_plans') }}
