{{ config(materialized='view') }}

-- The privileged assignments of each tenant's newest day, with what was known of the holder then.
with

-- A day on which the assignments were read and there were none is the newest day too.
newest_days as (

    select
        tenant_id,
        max(snapshot_date) as snapshot_date,
        arg_max(pim_status, snapshot_date) in ('ok', 'empty', 'partial') as has_pim
    from {{ ref('fct_identity_posture_daily') }}
    where privileged_count is not null
    group by tenant_id

),

traits as (

    select
        declared_role,
        list(finding) as findings
    from {{ ref('declared_role_traits') }}
    group by declared_role

)

select
    assignments.tenant_id,
    assignments.snapshot_date,
    assignments.principal_id,
    assignments.principal_type,
    principals.partner_tenant_id,
    principals.principal_name,
    principals.user_principal_name,
    assignments.role_template_id,
    coalesce(roles.role_name, assignments.role_template_id) as role_name,
    assignments.directory_scope,
    {{ scope_in_words('assignments.directory_scope') }} as scope_in_words,
    assignments.assignment_kind,
    assignments.path,
    assignments.via_group_id,
    groups.principal_name as via_group_name,
    assignments.group_path,
    assignments.start_at,
    assignments.end_at,
    newest_days.has_pim,
    assignments.is_guest,
    postures.is_enabled,
    postures.is_synced,
    postures.is_mfa_registered,
    postures.is_phishing_resistant,
    postures.mfa_policy_coverage,
    postures.deciding_policy_id,
    postures.deciding_policy_name,
    postures.is_unprotected,
    postures.declared_role,
    postures.is_expected,
    postures.failed_checks,
    postures.unknown_checks,
    traits.findings as expected_traits,
    postures.last_sign_in_at,
    postures.is_stale,
    postures.risk_level,
    postures.risk_state
from {{ ref('fct_role_assignment_daily') }} as assignments
inner join newest_days using (tenant_id, snapshot_date)
left join {{ ref('fct_principal_posture_daily') }} as postures
    using (tenant_id, snapshot_date, principal_id)
left join traits using (declared_role)
left join {{ ref('dim_principal') }} as principals using (tenant_id, principal_id)
left join {{ ref('dim_principal') }} as groups
    on
        assignments.tenant_id = groups.tenant_id
        and assignments.via_group_id = groups.principal_id
left join {{ ref('int_roles_named') }} as roles using (tenant_id, role_template_id)
where assignments.is_privileged
