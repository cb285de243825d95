-- The role assignments behind the controls that count roles, and behind administrators who lack
-- MFA.
with

assignments as (

    select
        assignments.*,
        {{ shown_name('names', 'assignments.principal_id') }}
        || ': ' || coalesce(roles.role_name, assignments.role_template_id) as shown_name,
        concat_ws(
            ' ', assignments.principal_id, assignments.role_template_id,
            assignments.directory_scope, assignments.assignment_kind, assignments.path,
            nullif(assignments.via_group_id, '')
        ) as assignment_key,
        'Holds it ' || replace(assignments.assignment_kind, '_', ' ') || ', '
        || case assignments.path
            when 'direct' then 'directly'
            else 'through the group ' || assignments.via_group_id
        end as holding,
        bool_or(assignments.role_template_id = {{ global_administrator() }}) over (
            partition by assignments.tenant_id, assignments.principal_id
        ) as is_global_administrator
    from {{ ref('fct_role_assignment_daily') }} as assignments
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    left join {{ ref('int_roles_named') }} as roles using (tenant_id, role_template_id)
    left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
    where assignments.principal_type <> 'group'

)

select
    assignments.tenant_id,
    assignments.snapshot_date,
    'global_administrator' as topic,
    assignments.assignment_key as evidence_id,
    assignments.shown_name as evidence_name,
    posture.global_administrator_count not between {{ var('least_global_administrators') }}
    and {{ var('most_global_administrators') }} as is_behind_gap,
    assignments.holding || '; ' || posture.global_administrator_count
    || ' hold this role, {{ var("least_global_administrators") }} to '
    || '{{ var("most_global_administrators") }} are advised.' as detail
from assignments
inner join {{ ref('fct_identity_posture_daily') }} as posture using (tenant_id, snapshot_date)
where assignments.role_template_id = {{ global_administrator() }}

union all

select
    tenant_id,
    snapshot_date,
    'role_overlap' as topic,
    assignment_key as evidence_id,
    shown_name as evidence_name,
    true as is_behind_gap,
    holding || '; Global Administrator, held too, includes it.' as detail
from assignments
where
    is_global_administrator
    and role_template_id <> {{ global_administrator() }}

union all

select
    assignments.tenant_id,
    assignments.snapshot_date,
    'administrator_mfa' as topic,
    assignments.assignment_key as evidence_id,
    assignments.shown_name as evidence_name,
    true as is_behind_gap,
    assignments.holding || '; its holder lacks MFA.' as detail
from assignments
inner join {{ ref('int_evidence_from_people') }} as people
    on
        assignments.tenant_id = people.tenant_id
        and assignments.principal_id = people.evidence_id
        and people.topic = 'administrator_mfa'
        and people.is_behind_gap
