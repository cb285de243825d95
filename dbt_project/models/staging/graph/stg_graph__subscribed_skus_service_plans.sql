select
    run_id,
    tenant_id,
    record_index,
    lower(service_plan_id) as service_plan_id,
    service_plan_name,
    lower(provisioning_status) as provisioning_status
from {{ source('graph', 'subscribed_skus_service_plans') }}
