with

grants as (

    select * from {{ source('graph', 'application_permissions_user_grants') }}

),

resources as (

    {{ permission_resources() }}

)

select
    grants.run_id,
    grants.tenant_id,
    grants.extract_date,
    grants.record_index,
    -- The reader writes what was absent as a word.
    nullif(grants.client_id, 'None') as service_principal_id,
    nullif(grants.resource_id, 'None') as resource_id,
    resources.resource_application_id,
    resources.resource_name,
    trim(nullif(grants.scope, 'None')) as scope,
    grants.count as user_count
from grants
left join resources
    on
        grants.run_id = resources.run_id
        and grants.tenant_id = resources.tenant_id
        and grants.resource_id = resources.resource_id
