{{ config(tags=['portfolio']) }}
with

-- The newest definition any tenant captured of a role; built-in roles are the same everywhere.
definitions as (

    select
        role_template_id,
        arg_max(role_name, (snapshot_date, tenant_id)) as role_name,
        arg_max(is_privileged, (snapshot_date, tenant_id))
        filter (where is_privileged is not null) as is_privileged,
        arg_max(is_built_in, (snapshot_date, tenant_id)) as is_built_in
    from {{ ref('int_role_definition_changes') }}
    group by role_template_id

),

names as (

    select
        tenant_id,
        role_template_id,
        arg_max(role_name, snapshot_date) as role_name
    from {{ ref('int_role_definition_changes') }}
    group by tenant_id, role_template_id

),

-- One tenant's word for a custom role is not for another's eyes.
disputed as (

    select role_template_id
    from names
    group by role_template_id
    having count(distinct role_name) > 1

),

assigned as (

    select distinct role_template_id
    from {{ ref('fct_role_assignment_daily') }}

),

keys as (

    select role_template_id from definitions

    union

    select role_template_id from assigned

    union

    select role_template_id from {{ ref('built_in_roles') }}

)

select
    keys.role_template_id,
    case
        when definitions.is_built_in or disputed.role_template_id is null
            then coalesce(definitions.role_name, built_in.role_name)
    end as role_name,
    coalesce(definitions.is_privileged, built_in.is_privileged, false) as is_privileged,
    coalesce(definitions.is_built_in, built_in.role_template_id is not null) as is_built_in
from keys
left join definitions using (role_template_id)
left join {{ ref('built_in_roles') }} as built_in using (role_template_id)
left join disputed using (role_template_id)
