-- Long: a holding is told directly, or with every way through groups that leads to it.
-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

holdings as (

    select * from {{ ref('int_role_assignments_classified') }}

),

reached as (

    select
        tenant_id,
        snapshot_date,
        principal_id,
        role_template_id,
        directory_scope,
        assignment_kind,
        'direct' as path,
        '' as via_group_id,
        principal_type,
        is_guest,
        is_privileged,
        is_administrator,
        0 as depth,
        '' as group_path,
        start_at,
        end_at,
        collected_at
    from holdings
    where principal_type <> 'group'

    union all

    -- Whoever is reached through a group holds the role as far as assignment and membership do.
    select
        holdings.tenant_id,
        holdings.snapshot_date,
        members.principal_id,
        holdings.role_template_id,
        holdings.directory_scope,
        case
            when holdings.assignment_kind = 'eligible' or members.membership_kind = 'eligible'
                then 'eligible'
            when holdings.assignment_kind = 'activated' or members.membership_kind = 'activated'
                then 'activated'
            when holdings.assignment_kind = 'standing' then members.membership_kind
            else holdings.assignment_kind
        end as assignment_kind,
        members.path,
        case when members.path = 'direct' then '' else members.via_group_id end as via_group_id,
        members.principal_type,
        members.is_guest,
        holdings.is_privileged,
        holdings.is_administrator,
        members.depth,
        members.group_path,
        greatest(holdings.start_at, members.start_at) as start_at,
        least(holdings.end_at, members.end_at) as end_at,
        holdings.collected_at
    from holdings
    inner join {{ ref('int_group_members_expanded') }} as members
        on
            holdings.tenant_id = members.tenant_id
            and holdings.snapshot_date = members.snapshot_date
            and holdings.principal_id = members.via_group_id
    where holdings.principal_type = 'group'

),

-- Who may activate a role through a group and has done so holds it by the same path.
effective as (

    select
        reached.* replace (
            case
                when activated.tenant_id is null then reached.assignment_kind else 'activated'
            end as assignment_kind,
            greatest(reached.start_at, activated.start_at) as start_at,
            least(reached.end_at, activated.end_at) as end_at
        )
    from reached
    left join {{ ref('int_group_roles_activated') }} as activated
        on
            reached.tenant_id = activated.tenant_id
            and reached.snapshot_date = activated.snapshot_date
            and reached.principal_id = activated.principal_id
            and reached.role_template_id = activated.role_template_id
            and reached.directory_scope = activated.directory_scope
            and reached.assignment_kind = 'eligible'
            and reached.path <> 'direct'

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    role_template_id,
    directory_scope,
    assignment_kind,
    path,
    via_group_id,
    max(principal_type) as principal_type,
    bool_or(is_guest) as is_guest,
    bool_or(is_privileged) as is_privileged,
    bool_or(is_administrator) as is_administrator,
    arg_min(group_path, (depth, group_path)) as group_path,
    min(start_at) as start_at,
    -- One that never ends outlasts the others.
    case when count(end_at) = count(*) then max(end_at) end as end_at,
    max(collected_at) as collected_at
from effective
group by
    tenant_id,
    snapshot_date,
    principal_id,
    role_template_id,
    directory_scope,
    assignment_kind,
    path,
    via_group_id
