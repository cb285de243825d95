-- What a role is called in a tenant: built-in ones alike everywhere, custom ones as that tenant
-- calls them. A provider may deploy a custom role under one id and name it after each client.
with

built_in as (

    select
        role_template_id,
        role_name
    from {{ ref('dim_role') }}
    where is_built_in

)

select
    tenants.tenant_id,
    built_in.role_template_id,
    built_in.role_name
from {{ ref('dim_tenant') }} as tenants
cross join built_in

union all

select
    definitions.tenant_id,
    definitions.role_template_id,
    arg_max(definitions.role_name, definitions.snapshot_date) as role_name
from {{ ref('int_role_definition_changes') }} as definitions
anti join built_in
    on definitions.role_template_id = built_in.role_template_id
group by definitions.tenant_id, definitions.role_template_id
