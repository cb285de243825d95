{%- set active = 'role_assignment_schedule_instances' -%}
{%- set eligible = 'role_eligibility_schedule_instances' -%}

-- Every direct role holding of the replaced days, as each feed reports it, with the role as it was
-- defined that day, and what any feed of that day knew of the principal. Instances of member type
-- group repeat what a group holds: the group's own row says it.
with

holdings as (

    select
        run_id,
        tenant_id,
        snapshot_date,
        'role_assignments' as feed,
        principal_id,
        role_definition_id,
        directory_scope,
        cast(null as varchar) as assignment_kind,
        cast(null as timestamp) as start_at,
        cast(null as timestamp) as end_at,
        collected_at
    from ({{ captured_rows('stg_graph__role_assignments', 'role_assignments') }})
    where quarantine_reason is null

    union all

    select
        run_id,
        tenant_id,
        snapshot_date,
        '{{ active }}' as feed,
        principal_id,
        role_definition_id,
        directory_scope,
        -- A type that Graph may add one day is active in a way nobody knows yet.
        case assignment_type
            when 'assigned' then 'standing'
            when 'activated' then 'activated'
            else 'active_unknown'
        end as assignment_kind,
        start_at,
        end_at,
        collected_at
    from ({{ captured_rows('stg_graph__' ~ active, active) }})
    where
        quarantine_reason is null
        and member_type is distinct from 'group'

    union all

    select
        run_id,
        tenant_id,
        snapshot_date,
        '{{ eligible }}' as feed,
        principal_id,
        role_definition_id,
        directory_scope,
        'eligible' as assignment_kind,
        start_at,
        end_at,
        collected_at
    from ({{ captured_rows('stg_graph__' ~ eligible, eligible) }})
    where
        quarantine_reason is null
        and member_type is distinct from 'group'

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
        and holdings.snapshot_date >= definitions.snapshot_date
        and holdings.snapshot_date < definitions.valid_until_date
left join {{ ref('built_in_roles') }} as built_in
    on
        coalesce(definitions.role_template_id, holdings.role_definition_id)
        = built_in.role_template_id
