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
        judged.*,
        captured.created_at,
        captured.modified_at,
        captured.collected_at,
        targets.users_in_words,
        targets.applications_in_words,
        targets.conditions_in_words,
        coalesce(demands.grants_in_words, 'Nothing but session controls') as grants_in_words,
        demands.session_in_words,
        losses.missing,
        cast(coalesce(captured.modified_at, captured.created_at) as date) as unchanged_since
    from {{ ref('int_policies_evaluated') }} as judged
    inner join {{ ref('int_policies_captured') }} as captured
        on
            judged.tenant_id = captured.tenant_id
            and judged.snapshot_date = captured.snapshot_date
            and judged.policy_id = captured.policy_id
    left join {{ ref('int_policy_targets_described') }} as targets
        on
            judged.tenant_id = targets.tenant_id
            and judged.snapshot_date = targets.snapshot_date
            and judged.policy_id = targets.policy_id
    left join {{ ref('int_policy_grants_described') }} as demands
        on
            judged.tenant_id = demands.tenant_id
            and judged.snapshot_date = demands.snapshot_date
            and judged.policy_id = demands.policy_id
    left join losses
        on
            judged.tenant_id = losses.tenant_id
            and judged.snapshot_date = losses.snapshot_date
            and judged.policy_id = losses.policy_id

),

aged as (

    select
        *,
        case
            when
                policy_state in ('disabled', 'report_only')
                and date_diff('day', unchanged_since, snapshot_date)
                > {{ var('outdated_policy_days') }}
                then
                    case policy_state when 'disabled' then 'Disabled' else 'Report-only' end
                    || ' and unchanged since ' || unchanged_since || '.'
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

union all

select
    tenant_id,
    snapshot_date,
    policy_id,
    'security_defaults' as policy_kind,
    policy_name,
    case when is_enabled then 'enabled' else 'disabled' end as policy_state,
    cast(null as timestamp) as created_at,
    cast(null as timestamp) as modified_at,
    'All users' as users_in_words,
    'All applications' as applications_in_words,
    cast(null as varchar) as conditions_in_words,
    'Require MFA, and block legacy authentication' as grants_in_words,
    cast(null as varchar) as session_in_words,
    true as requires_mfa,
    false as requires_strength,
    cast(null as varchar) as strength_name,
    false as requires_compliant_device,
    false as uses_locations,
    false as has_sign_in_frequency,
    true as blocks_legacy_auth,
    false as uses_sign_in_risk,
    false as uses_user_risk,
    false as is_block,
    false as is_outdated,
    cast(null as varchar) as outdated_reason,
    collected_at
from ({{ captured_rows('stg_graph__security_defaults', 'security_defaults') }}) as defaults
where quarantine_reason is null
