-- depends_on: {{ ref('int_tenants_changed') }}
{{
    config(
        materialized='incremental',
        changed_days='int_profile_captures_arrived',
        changed_key=['tenant_id', 'capture_date'],
    )
}}

-- Days on which a tenant's catalogue of controls was read whole.
select
    tenant_id,
    capture_date
from {{ ref('int_profile_captures_arrived') }}
