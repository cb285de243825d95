-- How many users what is done for all users leaves out, declared ones aside, of whom no other
-- policy does it: for sure (`sure_count`), and at most (`most_count`, null where somebody's number
-- could not be read).
{%- set counts = {'sure': 'not is_possibly_reached', 'most': 'not is_surely_reached'} %}

with

left_out as (

    select distinct
        chosen.tenant_id,
        chosen.snapshot_date,
        chosen.requirement,
        subjects.subject_kind as kind,
        subjects.subject_id as named_id,
        counts.user_count,
        subjects.is_surely_reached,
        subjects.is_possibly_reached
    from {{ ref('int_all_users_policies_chosen') }} as chosen
    inner join {{ ref('int_policy_properties_labelled') }} as leaves
        using (tenant_id, snapshot_date, policy_id)
    inner join {{ ref('int_all_users_subjects_judged') }} as subjects
        on
            chosen.tenant_id = subjects.tenant_id
            and chosen.snapshot_date = subjects.snapshot_date
            and chosen.requirement = subjects.requirement
            and leaves.kind = subjects.subject_kind
            and leaves.named_id = subjects.subject_id
    left join {{ ref('int_policy_subjects_undeclared') }} as counts
        on
            subjects.tenant_id = counts.tenant_id
            and subjects.snapshot_date = counts.snapshot_date
            and subjects.subject_kind = counts.kind
            and subjects.subject_id = counts.named_id
    where leaves.path in ('users.excludeUsers', 'users.excludeGroups', 'users.excludeRoles')

),

{% for name, condition in counts.items() %}
    {{ name }}_repeats as (

        select
            tenant_id,
            snapshot_date,
            requirement,
            sum(times - 1) as repeat_count
        from (
            select
                left_out.tenant_id,
                left_out.snapshot_date,
                left_out.requirement,
                known.person_id,
                count(*) as times
            from left_out
            inner join {{ ref('int_policy_people_undeclared') }} as known
                using (tenant_id, snapshot_date, kind, named_id)
            where {{ condition }} and left_out.user_count is not null
            group by
                left_out.tenant_id,
                left_out.snapshot_date,
                left_out.requirement,
                known.person_id
        ) as persons
        group by tenant_id, snapshot_date, requirement

    ),
{% endfor %}

summed as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        coalesce(sum(user_count) filter (where {{ counts.sure }}), 0) as sure_sum,
        coalesce(sum(user_count) filter (where {{ counts.most }}), 0) as most_sum,
        coalesce(bool_or(user_count is null and {{ counts.most }}), false) as is_open
    from left_out
    group by tenant_id, snapshot_date, requirement

)

select
    summed.tenant_id,
    summed.snapshot_date,
    summed.requirement,
    cast(summed.sure_sum - coalesce(sure_repeats.repeat_count, 0) as bigint) as sure_count,
    cast(
        case
            when not summed.is_open then summed.most_sum - coalesce(most_repeats.repeat_count, 0)
        end as bigint
    ) as most_count
from summed
left join sure_repeats using (tenant_id, snapshot_date, requirement)
left join most_repeats using (tenant_id, snapshot_date, requirement)
