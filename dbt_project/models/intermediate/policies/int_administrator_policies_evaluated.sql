-- One row per requirement for administrators and replaced day on which a policy serves it: how many
-- of the users with a privileged role enabled policies reach together, whom one leaves out by name,
-- group or role, and the policy that reaches most.
with

administrators as (

    select distinct
        facts.tenant_id,
        facts.snapshot_date,
        facts.principal_id
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where
        facts.is_privileged
        and facts.principal_type = 'user'

),

reached as (

    select
        served.tenant_id,
        served.snapshot_date,
        served.requirement,
        served.policy_id,
        served.policy_name,
        administrators.principal_id,
        case when served.policy_state = 'enabled' and served.is_whole then matches.reach end
            as reach
    from {{ ref('int_policy_requirements_met') }} as served
    left join administrators using (tenant_id, snapshot_date)
    left join {{ ref('int_policy_subjects_matched') }} as matches
        on
            matches.subject_kind = 'person'
            and served.tenant_id = matches.tenant_id
            and served.snapshot_date = matches.snapshot_date
            and served.policy_id = matches.policy_id
            and administrators.principal_id = matches.subject_id
    where served.is_for_administrators

),

policies_ranked as (

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
        principal_id,
        coalesce(bool_or(reach = 'applies'), false) as is_reached,
        coalesce(bool_or(reach = 'unknown'), false) as is_unknown,
        coalesce(bool_or(reach = 'excluded'), false) as is_excluded
    from reached
    group by tenant_id, snapshot_date, requirement, principal_id

),

-- Who is declared may be left out, and is counted where not.
counted as (

    select people.*
    from people
    left join {{ ref('int_principals_declared') }} as declared
        on
            people.tenant_id = declared.tenant_id
            and people.snapshot_date = declared.snapshot_date
            and lower(people.principal_id) = declared.principal_id
    where people.is_reached or declared.principal_id is null

)

select
    people.tenant_id,
    people.snapshot_date,
    people.requirement,
    policies_ranked.policy_id,
    policies_ranked.policy_name,
    count(people.principal_id) as administrator_count,
    count(*) filter (where people.is_reached) as reached_count,
    count(*) filter (where not people.is_reached and people.is_unknown) as unknown_count,
    count(*) filter (
        where not people.is_reached and not people.is_unknown and people.is_excluded
    ) as excluded_count
from counted as people
inner join policies_ranked
    on
        people.tenant_id = policies_ranked.tenant_id
        and people.snapshot_date = policies_ranked.snapshot_date
        and people.requirement = policies_ranked.requirement
        and policies_ranked.place = 1
group by
    people.tenant_id,
    people.snapshot_date,
    people.requirement,
    policies_ranked.policy_id,
    policies_ranked.policy_name
