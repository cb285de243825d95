{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['run_id'],
    )
}}

-- Whom tenants.yaml let see which tenant at each run; a run that lists nobody has no row.
select
    run_id,
    tenant_id,
    extract_date,
    user_principal_name,
    has_all_tenants
from {{ ref('stg_graph__tenant_access') }}
