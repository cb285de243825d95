{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['run_id'],
    )
}}

-- depends_on: {{ ref('int_snapshot_days_new') }}
-- Whom register.yaml declared at each run, a row a tenant and principal or group; a run whose
-- register no longer has an entry has no row of it.
select
    run_id,
    tenant_id,
    extract_date,
    principal,
    group_id,
    declared_role,
    owner,
    reason,
    review_by_date
from {{ ref('stg_graph__principal_register') }}
