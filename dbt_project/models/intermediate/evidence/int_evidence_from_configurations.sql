-- The policies, settings and numbers behind controls, of each tenant's newest day.
with

days as (

    select * from {{ ref('int_newest_posture_days') }}

)

select
    judged.tenant_id,
    judged.snapshot_date,
    judged.requirement as topic,
    'policy' as evidence_kind,
    coalesce(judged.deciding_policy_id, '(none)') as evidence_id,
    coalesce(judged.deciding_policy_name, 'No policy') as evidence_name,
    case when judged.verdict <> 'unknown' then judged.verdict <> 'implemented' end
        as is_behind_gap,
    judged.reason as detail
from {{ ref('int_tenant_policies_evaluated') }} as judged
inner join days using (tenant_id, snapshot_date)

union all

select
    administrators.tenant_id,
    administrators.snapshot_date,
    'administrator_mfa' as topic,
    'policy' as evidence_kind,
    administrators.deciding_policy_id as evidence_id,
    any_value(administrators.deciding_policy_name) as evidence_name,
    bool_or(
        administrators.mfa_policy_coverage not in ('covered', 'covered_except')
    ) as is_behind_gap,
    'Decides for ' || count(*) || ' privileged users: '
    || count(*) filter (
        where administrators.mfa_policy_coverage in ('covered', 'covered_except')
    ) || ' covered, '
    || count(*) filter (
        where administrators.mfa_policy_coverage not in ('covered', 'covered_except')
    ) || ' not.' as detail
from {{ ref('int_administrators_described') }} as administrators
where administrators.deciding_policy_id is not null
group by
    administrators.tenant_id, administrators.snapshot_date, administrators.deciding_policy_id

union all

select
    posture.tenant_id,
    posture.snapshot_date,
    'registration' as topic,
    'count' as evidence_kind,
    'everyone' as evidence_id,
    'Members in the registration report' as evidence_name,
    case
        when
            posture.mfa_registered_count
            < posture.mfa_user_count - posture.mfa_registered_unknown_count
            then true
        when posture.mfa_registered_unknown_count = 0 then false
    end as is_behind_gap,
    posture.mfa_registered_count || ' of ' || posture.mfa_user_count
    || ' members are registered for MFA'
    || case
        when posture.mfa_registered_unknown_count > 0
            then '; of ' || posture.mfa_registered_unknown_count || ' the report does not say.'
        else '.'
    end as detail
from {{ ref('fct_identity_posture_daily') }} as posture
inner join days using (tenant_id, snapshot_date)
where posture.mfa_user_count is not null

union all

select
    settings.tenant_id,
    settings.snapshot_date,
    case settings.setting
        when 'authorization_default_user_allowed_to_create_apps' then 'user_applications'
        else 'user_consent'
    end as topic,
    'setting' as evidence_kind,
    settings.setting as evidence_id,
    settings.setting as evidence_name,
    -- The policies of a user's own consent are named so; those of consent by owners are not.
    settings.value = 'true' or contains(settings.value, 'ManagePermissionGrantsForSelf.')
        as is_behind_gap,
    'Is set to ' || settings.value || '.' as detail
from {{ ref('fct_tenant_setting_daily') }} as settings
inner join days using (tenant_id, snapshot_date)
where
    settings.setting in (
        'authorization_default_user_allowed_to_create_apps',
        'authorization_default_user_permission_grant_policies_assigned'
    )
