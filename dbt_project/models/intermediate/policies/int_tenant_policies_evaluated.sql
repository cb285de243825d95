-- Long: requirements, their best policy and the reasons why nobody can say are joined in one place.
-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- One row per tenant, day and requirement: how far the policies meet it, by the one that does most
-- or, of what is asked of all users, by all of them together.
-- Whether the tenant owns the licence is for others to say.
{%- set requirements = [
    'mfa_all_users', 'block_legacy_authentication', 'sign_in_risk', 'user_risk',
    'compliant_device', 'trusted_locations', 'phishing_resistant_administrators',
    'sign_in_frequency_administrators',
] %}

with

requirements as (

    {% for requirement in requirements %}
        select
            '{{ requirement }}' as requirement,
            {{ 'true' if loop.index <= 2 else 'false' }} as is_met_by_defaults
        {{ "union all" if not loop.last }}
    {% endfor %}

),

best as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        policy_id,
        policy_name,
        excluded_count,
        verdict,
        reason
    from {{ ref('int_policy_requirements_evaluated') }}
    qualify
        row_number() over (
            partition by tenant_id, snapshot_date, requirement order by place, policy_id
        ) = 1

    union all

    select
        tenant_id,
        snapshot_date,
        requirement,
        policy_id,
        policy_name,
        excluded_count,
        verdict,
        reason
    from {{ ref('int_all_users_evaluated') }}

),

joined as (

    select
        feeds.tenant_id,
        feeds.snapshot_date,
        requirements.requirement,
        best.policy_id,
        best.policy_name,
        best.excluded_count,
        best.verdict,
        best.reason,
        feeds.defaults_id,
        feeds.defaults_name,
        feeds.plan_names,
        case
            when requirements.is_met_by_defaults and feeds.is_defaults_enabled then 'by_defaults'
            when best.verdict = 'implemented' then 'judged'
            when not feeds.has_policies then 'no_policies'
            when requirements.is_met_by_defaults and not feeds.knows_defaults then 'no_defaults'
            when feeds.plan_names is not null then 'plans'
            when
                requirements.requirement like '%_administrators'
                and best.verdict is not null
                and not feeds.has_assignments
                then 'no_roles'
            when best.verdict is not null then 'judged'
            else 'not_implemented'
        end as ground
    from {{ ref('int_policy_feeds_read') }} as feeds
    cross join requirements
    left join best
        on
            feeds.tenant_id = best.tenant_id
            and feeds.snapshot_date = best.snapshot_date
            and requirements.requirement = best.requirement

)

select
    tenant_id,
    snapshot_date,
    requirement,
    case ground
        when 'by_defaults' then 'implemented'
        when 'judged' then verdict
        when 'not_implemented' then 'not_implemented'
        else 'unknown'
    end as verdict,
    case ground when 'by_defaults' then defaults_id when 'judged' then policy_id end
        as deciding_policy_id,
    case ground when 'by_defaults' then defaults_name when 'judged' then policy_name end
        as deciding_policy_name,
    cast(case ground when 'by_defaults' then 0 when 'judged' then excluded_count end as bigint)
        as excluded_count,
    case ground
        when 'by_defaults' then 'Security defaults are enabled.'
        when 'judged' then reason
        when 'no_policies' then 'Conditional Access policies could not be read.'
        when 'no_defaults' then 'Security defaults could not be read.'
        when 'plans' then {{ unjudged_plans('plan_names') }}
        when 'no_roles' then 'Role assignments could not be read.'
        else 'No enabled or report-only policy does this.'
    end as reason
from joined
