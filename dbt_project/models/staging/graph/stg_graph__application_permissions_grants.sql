with

grants as (

    select * from {{ source('graph', 'application_permissions_grants') }}

),

-- Microsoft Graph's own service principal: the same application in every tenant.
resources as (

    select distinct
        run_id,
        tenant_id,
        id
    from {{ source('graph', 'application_permissions_resource') }}

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
    resources.id is not null as is_graph,
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
        and grants.resource_id = resources.id
