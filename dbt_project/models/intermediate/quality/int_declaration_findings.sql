{{ config(materialized='view') }}

-- What register.yaml does not say and might, and what it says of nobody who is known.
select
    people.tenant_id,
    'undeclared_emergency_account' as finding,
    'conditional_access_policies' as feed,
    people.principal_id as subject,
    people.snapshot_date as first_date,
    people.snapshot_date as last_date,
    cast(excluded.policy_count as bigint) as finding_count,
    'Every enabled policy leaves out ' || {{ shown_name('names', 'people.principal_id') }}
    || ', and nobody declared it.' as detail
from {{ ref('fct_principal_posture_daily') }} as people
inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
inner join {{ ref('int_principals_excluded') }} as excluded
    using (tenant_id, snapshot_date, principal_id)
left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
where
    excluded.is_excluded_everywhere
    and excluded.policy_count > 0
    and people.declared_role is null

union all

select
    tenant_id,
    'declared_principal_unknown' as finding,
    '' as feed,
    declared_by as subject,
    since_date as first_date,
    as_of_date as last_date,
    cast(null as bigint) as finding_count,
    'Declared for ' || declared_role || ', and no feed tells of '
    || case when subject_kind = 'group' then 'such a group.' else 'such a principal.' end as detail
from {{ ref('mart_declared_principals') }}
where not is_known
