-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

-- What a policy names and nobody finds any more.
losses as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        string_agg(distinct kind || ' ' || value, ', ' order by kind || ' ' || value) as missing
    from {{ ref('int_policy_properties_labelled') }}
    where is_missing
    group by tenant_id, snapshot_date, policy_id

),

policies as (

    select
        evaluated.*,
        captured.created_at,
        captured.modified_at,
        captured.collected_at,
        targets.users_in_words,
        targets.applications_in_words,
        targets.conditions_in_words,
        coalesce(grants.grants_in_words, 'Nothing but session controls') as grants_in_words,
        grants.session_in_words,
        losses.missing,
        cast(coalesce(captured.modified_at, captured.created_at) as date) as unchanged_since
    from {{ ref('int_policies_evaluated') }} as evaluated
    inner join {{ ref('int_policies_captured') }} as captured
        using (tenant_id, snapshot_date, policy_id)
    left join {{ ref('int_policy_targets_described') }} as targets
        using (tenant_id, snapshot_date, policy_id)
    left join {{ ref('int_policy_grants_described') }} as grants
        using (tenant_id, snapshot_date, policy_id)
    left join losses using (tenant_id, snapshot_date, policy_id)

),

aged as (

    select
        *,
        -- Null for one that is in force, whatever its age.
        case policy_state when 'disabled' then 'Disabled' when 'report_only' then 'Report-only' end
        || case
            when snapshot_date - unchanged_since > {{ var('outdated_policy_days') }}
                then ' and unchanged since ' || unchanged_since || '.'
        end as age_reason,
        'Names what no longer exists: ' || missing || '.' as loss_reason
    from policies

)

select
    tenant_id,
    snapshot_date,
    policy_id,
    'conditional_access' as policy_kind,
    policy_name,
    policy_state,
    created_at,
    modified_at,
    users_in_words,
    applications_in_words,
    conditions_in_words,
    grants_in_words,
    session_in_words,
    requires_mfa,
    requires_strength,
    strength_name,
    requires_device and has_compliant_device as requires_compliant_device,
    uses_locations,
    has_sign_in_frequency,
    blocks_legacy_auth,
    uses_sign_in_risk,
    uses_user_risk,
    is_block,
    age_reason is not null or loss_reason is not null as is_outdated,
    nullif(concat_ws(' ', age_reason, loss_reason), '') as outdated_reason,
    collected_at
from aged

union all by name

select
    tenant_id,
    snapshot_date,
    policy_id,
    'security_defaults' as policy_kind,
    policy_name,
    case when is_enabled then 'enabled' else 'disabled' end as policy_state,
    'All users' as users_in_words,
    'All applications' as applications_in_words,
    'Require MFA, and block legacy authentication' as grants_in_words,
    true as requires_mfa,
    false as requires_strength,
    false as requires_compliant_device,
    false as uses_locations,
    false as has_sign_in_frequency,
    true as blocks_legacy_auth,
    false as uses_sign_in_risk,
    false as uses_user_risk,
    false as is_block,
    false as is_outdated,
    collected_at
from ({{ captured_rows('stg_graph__security_defaults', 'security_defaults') }}) as defaults
where quarantine_reason is null
