{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['run_id'],
    )
}}

-- What tenants.yaml said at each run, a row a tenant.
select
    run_id,
    tenant_id,
    extract_date,
    tenant_name,
    segment,
    tags,
    part
from {{ ref('stg_graph__tenant_config') }}
