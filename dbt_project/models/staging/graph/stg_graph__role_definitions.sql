with

definitions as (

    select * from {{ source('graph', 'role_definitions') }}

),

beta as (

    select
        run_id,
        tenant_id,
        id,
        bool_or(is_privileged) as is_privileged
    from {{ source('graph', 'role_definitions_beta') }}
    group by run_id, tenant_id, id

)

select
    definitions.run_id,
    definitions.tenant_id,
    definitions.extract_date,
    definitions.record_index,
    definitions.id as role_definition_id,
    coalesce(definitions.template_id, definitions.id) as role_template_id,
    definitions.display_name as role_name,
    definitions.description as role_description,
    definitions.is_built_in,
    definitions.is_enabled,
    beta.is_privileged,
    case
        when definitions.id is null or definitions.id = '' then 'role definition without an id'
    end as quarantine_reason
from definitions
left join beta using (run_id, tenant_id, id)
