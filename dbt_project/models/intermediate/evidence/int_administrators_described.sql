-- Administrators of each tenant's newest day, by name, with their roles in words.
with

roles as (

    select
        assignments.tenant_id,
        assignments.snapshot_date,
        assignments.principal_id,
        string_agg(
            distinct coalesce(roles.role_name, assignments.role_template_id), ', '
            order by coalesce(roles.role_name, assignments.role_template_id)
        ) as role_names
    from {{ ref('fct_role_assignment_daily') }} as assignments
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    left join {{ ref('int_roles_named') }} as roles using (tenant_id, role_template_id)
    where assignments.is_administrator
    group by assignments.tenant_id, assignments.snapshot_date, assignments.principal_id

)

select
    people.tenant_id,
    people.snapshot_date,
    people.principal_id,
    {{ shown_name('names', 'people.principal_id') }} as shown_name,
    roles.role_names,
    people.is_mfa_registered,
    people.is_phishing_resistant,
    people.is_synced,
    people.mfa_policy_coverage,
    people.uncovered_applications,
    people.coverage_reason,
    people.deciding_policy_id,
    people.deciding_policy_name
from {{ ref('fct_principal_posture_daily') }} as people
inner join roles using (tenant_id, snapshot_date, principal_id)
left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
where people.principal_type = 'user'
