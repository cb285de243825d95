-- Holdings with the role as it was defined that day, and what any feed of that day knew of the
-- principal.
with

holdings as (

    select * from {{ ref('int_role_holdings') }}

)

select
    holdings.run_id,
    holdings.tenant_id,
    holdings.snapshot_date,
    holdings.feed,
    holdings.principal_id,
    coalesce(definitions.role_template_id, holdings.role_definition_id) as role_template_id,
    holdings.directory_scope,
    holdings.assignment_kind,
    holdings.start_at,
    holdings.end_at,
    principals.principal_type,
    principals.is_guest,
    coalesce(
        definitions.is_privileged,
        built_in.is_privileged,
        case when definitions.is_built_in is false then false end,
        false
    ) as is_privileged,
    holdings.collected_at
from holdings
inner join {{ ref('int_principals_observed') }} as principals
    on
        holdings.tenant_id = principals.tenant_id
        and holdings.snapshot_date = principals.snapshot_date
        and holdings.principal_id = principals.principal_id
left join {{ ref('int_role_definitions_dated') }} as definitions
    on
        holdings.tenant_id = definitions.tenant_id
        and holdings.role_definition_id = definitions.role_definition_id
        and holdings.snapshot_date >= definitions.capture_date
        and holdings.snapshot_date < definitions.valid_until_date
left join {{ ref('built_in_roles') }} as built_in
    on
        coalesce(definitions.role_template_id, holdings.role_definition_id)
        = built_in.role_template_id
