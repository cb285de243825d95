-- Everyone whom the register makes something on the replaced days, as far as we know them: by the
-- principal itself, else by a group, else, without the register, by a role of synchronisation.
with

registered as (

    select * from {{ ref('int_principal_registers_dated') }}

),

-- Who is in a group, as far as it is read: of one that a policy names, or that holds a role.
members as (

    select
        tenant_id,
        snapshot_date,
        named_id as group_id,
        person_id as principal_id
    from {{ ref('int_policy_subject_people') }}
    where kind = 'group'

    union

    select
        assignments.tenant_id,
        assignments.snapshot_date,
        unnest(string_split(lower(assignments.group_path), '/')) as group_id,
        lower(assignments.principal_id) as principal_id
    from {{ ref('fct_role_assignment_daily') }} as assignments
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where assignments.path <> 'direct'

),

declared as (

    select
        registered.tenant_id,
        registered.snapshot_date,
        coalesce(lower(names.principal_id), registered.principal) as principal_id,
        registered.declared_role,
        registered.principal as declared_by,
        1 as place
    from registered
    left join {{ ref('int_principals_observed') }} as names
        on
            registered.tenant_id = names.tenant_id
            and registered.snapshot_date = names.snapshot_date
            and registered.principal = lower(names.user_principal_name)
    where registered.principal is not null

    union all

    select
        tenant_id,
        snapshot_date,
        group_id as principal_id,
        declared_role,
        group_id as declared_by,
        2 as place
    from registered
    where group_id is not null

    union all

    select
        registered.tenant_id,
        registered.snapshot_date,
        members.principal_id,
        registered.declared_role,
        registered.group_id as declared_by,
        2 as place
    from registered
    inner join members using (tenant_id, snapshot_date, group_id)

    union all

    select
        assignments.tenant_id,
        assignments.snapshot_date,
        lower(assignments.principal_id) as principal_id,
        'sync' as declared_role,
        '' as declared_by,
        3 as place
    from {{ ref('fct_role_assignment_daily') }} as assignments
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where
        assignments.role_template_id in {{ synchronisation_roles() }}
        and assignments.principal_type <> 'group'

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    arg_min(declared_role, (place, rank, declared_by)) as declared_role,
    arg_min(declared_by, (place, rank, declared_by)) as declared_by
from (
    select
        *,
        list_position(['emergency', 'sync', 'service', 'partner'], declared_role) as rank
    from declared
) as ranked
group by tenant_id, snapshot_date, principal_id
