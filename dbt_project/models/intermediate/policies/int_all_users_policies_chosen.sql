-- The policies that together do for an ordinary member what is asked of all users: at each cell the
-- one that does it at most cells, of equals the one that leaves out fewer names. `place` orders
-- them.
with

exclusions as (

    select
        leaves.tenant_id,
        leaves.snapshot_date,
        leaves.policy_id,
        count(distinct leaves.kind || ' ' || leaves.named_id) as name_count
    from {{ ref('int_policy_properties_labelled') }} as leaves
    where
        leaves.path in ('users.excludeUsers', 'users.excludeGroups', 'users.excludeRoles')
        and not (leaves.kind = 'user' and leaves.name is not null)
    group by leaves.tenant_id, leaves.snapshot_date, leaves.policy_id

),

closing as (

    select
        requirements.requirement,
        cells.tenant_id,
        cells.snapshot_date,
        cells.policy_id,
        cells.client,
        cells.place,
        cells.application,
        policies.policy_name,
        policies.is_block,
        coalesce(exclusions.name_count, 0) as name_count
    from {{ ref('int_policy_cells') }} as cells
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    inner join {{ ref('int_policy_subjects_matched') }} as matched
        using (tenant_id, snapshot_date, policy_id)
    cross join (
        values ('mfa_all_users'), ('block_legacy_authentication')
    ) as requirements (requirement)
    left join exclusions using (tenant_id, snapshot_date, policy_id)
    where
        not cells.is_hopeful
        and policies.policy_state = 'enabled'
        and matched.subject_kind = 'member'
        and matched.sure_inclusion > 0
        and not matched.is_possibly_excluded
        and (policies.sure_demand = 'firm' or (policies.is_block and cells.is_legacy))
        and (requirements.requirement = 'mfa_all_users' or cells.is_legacy)

),

measured as (

    select
        *,
        count(*) over (
            partition by tenant_id, snapshot_date, requirement, policy_id
        ) as cell_count
    from closing

),

best as (

    select distinct
        tenant_id,
        snapshot_date,
        requirement,
        policy_id,
        policy_name,
        is_block,
        cell_count,
        name_count
    from measured
    qualify
        row_number() over (
            partition by tenant_id, snapshot_date, requirement, client, place, application
            order by cell_count desc, name_count asc, policy_id asc
        ) = 1

)

select
    tenant_id,
    snapshot_date,
    requirement,
    policy_id,
    policy_name,
    is_block,
    row_number() over (
        partition by tenant_id, snapshot_date, requirement
        order by cell_count desc, name_count asc, policy_id asc
    ) as place
from best
