select
    run_id,
    tenant_id,
    record_index,
    lower(value) as method
from {{ source('graph', 'user_registration_details_methods_registered') }}
