-- How many users each policy of the replaced days leaves out by name, group or role, declared ones
-- aside; null where a group, or who holds the role, could not be read. Guests as a kind are told
-- apart.
with

exclusions as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        kind,
        named_id
    from {{ ref('int_policy_properties_labelled') }}
    where
        path in ('users.excludeUsers', 'users.excludeGroups', 'users.excludeRoles')
        and not (kind = 'user' and name is not null)

),

counted as (

    select
        exclusions.tenant_id,
        exclusions.snapshot_date,
        exclusions.policy_id,
        counts.user_count
    from exclusions
    inner join {{ ref('int_policy_subjects_undeclared') }} as counts
        using (tenant_id, snapshot_date, kind, named_id)

),

repeated as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        sum(times - 1) as repeat_count
    from (
        select
            exclusions.tenant_id,
            exclusions.snapshot_date,
            exclusions.policy_id,
            known.person_id,
            count(*) as times
        from exclusions
        inner join {{ ref('int_policy_people_undeclared') }} as known
            using (tenant_id, snapshot_date, kind, named_id)
        group by
            exclusions.tenant_id, exclusions.snapshot_date, exclusions.policy_id, known.person_id
    ) as persons
    group by tenant_id, snapshot_date, policy_id

)

select
    counted.tenant_id,
    counted.snapshot_date,
    counted.policy_id,
    cast(
        case
            when count(counted.user_count) = count(*)
                then sum(counted.user_count) - coalesce(any_value(repeated.repeat_count), 0)
        end as bigint
    ) as excluded_count
from counted
left join repeated using (tenant_id, snapshot_date, policy_id)
group by counted.tenant_id, counted.snapshot_date, counted.policy_id
