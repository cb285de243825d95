-- The users, groups and roles that policies of the replaced days name, each with how many users
-- that is beside declared ones; null where that could not be read. Of a declared group nobody
-- counts, of another one who is in it and known by name.
with

declared_groups as (

    select distinct
        tenant_id,
        snapshot_date,
        'group' as kind,
        group_id as named_id
    from {{ ref('int_principal_registers_dated') }}
    where group_id is not null

),

declared_people as (

    select
        people.tenant_id,
        people.snapshot_date,
        people.kind,
        people.named_id,
        count(distinct people.person_id) as person_count
    from {{ ref('int_policy_subject_people') }} as people
    inner join {{ ref('int_principals_declared') }} as declared
        on
            people.tenant_id = declared.tenant_id
            and people.snapshot_date = declared.snapshot_date
            and people.person_id = declared.principal_id
    group by people.tenant_id, people.snapshot_date, people.kind, people.named_id

)

select
    counts.tenant_id,
    counts.snapshot_date,
    counts.kind,
    counts.named_id,
    cast(
        case
            when groups.named_id is not null then 0
            when counts.user_count > coalesce(people.person_count, 0)
                then counts.user_count - coalesce(people.person_count, 0)
            when counts.user_count is not null then 0
        end as bigint
    ) as user_count
from {{ ref('int_policy_subjects_counted') }} as counts
left join declared_groups as groups using (tenant_id, snapshot_date, kind, named_id)
left join declared_people as people using (tenant_id, snapshot_date, kind, named_id)
