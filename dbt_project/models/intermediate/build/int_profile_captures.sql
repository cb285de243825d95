-- depends_on: {{ ref('int_tenants_to_rebuild') }}
{{
    config(
        materialized='incremental',
        changed_days='int_profile_captures_new',
        changed_key=['tenant_id', 'capture_date'],
    )
}}

-- Days on which a tenant's catalogue of controls was read whole.
select
    tenant_id,
    capture_date
from {{ ref('int_profile_captures_new') }}
