select
    run_id,
    tenant_id,
    extract_date,
    lower(id) as strength_id,
    display_name as strength_name,
    lower(requirements_satisfied) as requirements_satisfied
from {{ source('graph', 'authentication_strengths') }}
where id is not null
