-- One row per policy of the replaced days: what it demands, and whether each of its demands must be
-- met (`is_whole`) or another one will do.
{%- set grants = "leaves.path = 'builtInControls' and leaves.named_id" %}

with

-- The kind stands on both sides: DuckDB compares every pair where the condition of a left join
-- looks at the left side alone.
strengths as (

    select
        *,
        'strength' as kind
    from ({{ captured_rows('stg_graph__authentication_strengths', 'authentication_strengths') }})
        as reported

),

demands as (

    select
        leaves.tenant_id,
        leaves.snapshot_date,
        leaves.policy_id,
        bool_or(leaves.path = 'operator' and leaves.named_id = 'and') as is_and,
        bool_or({{ grants }} = 'block') as is_block,
        bool_or({{ grants }} = 'mfa') as has_mfa,
        bool_or({{ grants }} in ('passwordchange', 'riskremediation')) as has_remediation,
        bool_or({{ grants }} = 'compliantdevice') as has_compliant_device,
        count(distinct leaves.named_id) filter (
            where {{ grants }} in ('compliantdevice', 'domainjoineddevice')
        ) as device_control_count,
        count(distinct leaves.value) filter (where leaves.path = 'customAuthenticationFactors')
            as custom_control_count,
        {{ listed('leaves.value', ', ', "leaves.path = 'customAuthenticationFactors'") }}
            as custom_controls,
        bool_or(leaves.path like 'authenticationStrength.%') as has_strength,
        max(leaves.named_id) filter (where leaves.kind = 'strength') as strength_id,
        coalesce(
            max(leaves.value) filter (where leaves.path = 'authenticationStrength.displayName'),
            max(strengths.strength_name)
        ) as strength_name,
        coalesce(
            max(leaves.named_id) filter (
                where leaves.path = 'authenticationStrength.requirementsSatisfied'
            ),
            max(strengths.requirements_satisfied),
            ''
        ) = 'mfa' as is_strength_mfa,
        coalesce(
            bool_and(
                leaves.named_id in (
                    'windowshelloforbusiness', 'fido2', 'x509certificatemultifactor'
                )
            ) filter (where leaves.path = 'authenticationStrength.allowedCombinations'),
            false
        ) as is_phishing_resistant,
        -- A member that nobody knows is one more thing that may be asked for instead.
        count(distinct leaves.path || ' ' || leaves.value) filter (
            where
            leaves.path not like 'authenticationStrength.%'
            and leaves.path not in ('operator', '@odata.type')
        ) as plain_control_count
    from {{ ref('int_policy_properties_labelled') }} as leaves
    left join strengths
        on
            leaves.kind = strengths.kind
            and leaves.tenant_id = strengths.tenant_id
            and leaves.snapshot_date = strengths.snapshot_date
            and leaves.named_id = strengths.strength_id
    where leaves.member = 'grant_controls'
    group by leaves.tenant_id, leaves.snapshot_date, leaves.policy_id

)

select
    *,
    plain_control_count + cast(has_strength as integer) as control_count,
    is_and or plain_control_count + cast(has_strength as integer) = 1 as is_whole,
    cast(has_mfa as integer) + cast(is_strength_mfa as integer) as mfa_control_count
from demands
