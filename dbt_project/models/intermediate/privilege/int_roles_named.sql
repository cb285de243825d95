-- What a role is called in a tenant: as the tenant's own newest definition says. A provider may
-- deploy a custom role under one id and name it after each client, so nobody else's word counts.
with

defined as (

    select
        tenant_id,
        role_template_id,
        arg_max(role_name, snapshot_date) as role_name
    from {{ ref('int_role_definition_changes') }}
    group by tenant_id, role_template_id

)

select * from defined

union all

select
    tenants.tenant_id,
    built_in.role_template_id,
    built_in.role_name
from {{ ref('dim_tenant') }} as tenants
cross join {{ ref('built_in_roles') }} as built_in
anti join defined using (tenant_id, role_template_id)
