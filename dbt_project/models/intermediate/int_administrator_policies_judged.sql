-- One row per requirement for administrators and replaced day on which a policy serves it: how many
-- of the users with a privileged role enabled policies reach together, and the policy that reaches
-- most. Whom a policy leaves out by name, group or role counts as excluded, up to `most_excluded`.
with

served as (

    select * from {{ ref('int_policy_requirements_met') }}
    where is_for_administrators

),

administrators as (

    select distinct
        facts.tenant_id,
        facts.snapshot_date,
        facts.principal_id
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join {{ ref('int_tenant_snapshot_days_arrived') }} as days
        on
            facts.tenant_id = days.tenant_id
            and facts.snapshot_date = days.snapshot_date
    where
        facts.is_privileged
        and facts.principal_type = 'user'

),

reached as (

    select
        served.tenant_id,
        served.snapshot_date,
        served.requirement,
        matches.principal_id,
        served.policy_id,
        served.policy_name,
        matches.reach
    from served
    inner join {{ ref('int_policy_holders_matched') }} as matches
        on
            served.tenant_id = matches.tenant_id
            and served.snapshot_date = matches.snapshot_date
            and served.policy_id = matches.policy_id
    inner join administrators
        on
            matches.tenant_id = administrators.tenant_id
            and matches.snapshot_date = administrators.snapshot_date
            and matches.principal_id = administrators.principal_id
    where
        served.policy_state = 'enabled'
        and served.is_whole

),

best as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        policy_id,
        policy_name,
        row_number() over (
            partition by tenant_id, snapshot_date, requirement
            order by count(*) filter (where reach = 'applies') desc, policy_id
        ) as place
    from reached
    group by tenant_id, snapshot_date, requirement, policy_id, policy_name

),

people as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        count(*) filter (where is_reached) as reached_count,
        count(*) filter (where not is_reached and is_unknown) as unknown_count,
        count(*) filter (where not is_reached and not is_unknown and is_excluded)
            as excluded_count
    from (
        select
            tenant_id,
            snapshot_date,
            requirement,
            principal_id,
            bool_or(reach = 'applies') as is_reached,
            bool_or(reach = 'unknown') as is_unknown,
            bool_or(reach = 'excluded') as is_excluded
        from reached
        group by tenant_id, snapshot_date, requirement, principal_id
    ) as each
    group by tenant_id, snapshot_date, requirement

),

totals as (

    select
        tenant_id,
        snapshot_date,
        count(*) as administrator_count
    from administrators
    group by tenant_id, snapshot_date

),

first_served as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        min(policy_id) as policy_id,
        arg_min(policy_name, policy_id) as policy_name
    from served
    group by tenant_id, snapshot_date, requirement

)

select
    first_served.tenant_id,
    first_served.snapshot_date,
    first_served.requirement,
    coalesce(best.policy_id, first_served.policy_id) as policy_id,
    coalesce(best.policy_name, first_served.policy_name) as policy_name,
    totals.administrator_count,
    coalesce(people.reached_count, 0) as reached_count,
    coalesce(people.unknown_count, 0) as unknown_count,
    coalesce(people.excluded_count, 0) as excluded_count
from first_served
left join best
    on
        first_served.tenant_id = best.tenant_id
        and first_served.snapshot_date = best.snapshot_date
        and first_served.requirement = best.requirement
        and best.place = 1
left join people
    on
        first_served.tenant_id = people.tenant_id
        and first_served.snapshot_date = people.snapshot_date
        and first_served.requirement = people.requirement
left join totals
    on
        first_served.tenant_id = totals.tenant_id
        and first_served.snapshot_date = totals.snapshot_date
