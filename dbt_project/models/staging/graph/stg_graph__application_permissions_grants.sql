with

grants as (

    select * from {{ source('graph', 'application_permissions_grants') }}

),

resources as (

    {{ permission_resources() }}

)

select
    grants.run_id,
    grants.tenant_id,
    grants.extract_date,
    grants.record_index,
    grants.id as grant_id,
    grants.client_id as service_principal_id,
    {{ snake_case('grants.consent_type') }} as consent_type,
    grants.principal_id as consented_by_id,
    grants.resource_id,
    resources.resource_application_id,
    resources.resource_name,
    trim(grants.scope) as scope,
    case
        when grants.client_id is null or grants.client_id = ''
            then 'permission grant without a client'
    end as quarantine_reason
from grants
left join resources
    on
        grants.run_id = resources.run_id
        and grants.tenant_id = resources.tenant_id
        and grants.resource_id = resources.resource_id
