{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['run_id'],
    )
}}

-- What register.yaml said at each run, a row a tenant and control; a run whose register no longer
-- has an entry has no row of it. Ids are folded, since people type them.
select
    run_id,
    tenant_id,
    extract_date,
    lower(control_id) as folded_control_id,
    owner,
    ticket,
    reason,
    review_by_date
from {{ ref('stg_graph__control_register') }}
