-- What each policy of the replaced days demands, and how it shapes the session, in words.
{%- set of = "max(named_id) filter (where path = '" %}

with

leaves as (

    select
        *,
        case
            when member = 'session_controls' then null
            when kind = 'grant' then coalesce(name, {{ in_words('value') }})
            when path = 'authenticationStrength.displayName'
                then 'authentication strength ' || value
            when path = 'termsOfUse' then 'acceptance of terms of use'
            when path = 'customAuthenticationFactors' then 'the custom control ' || value
            when path <> 'operator' and path not like 'authenticationStrength.%'
                then path || ' (not known here)'
        end as phrase
    from {{ ref('int_policy_properties_labelled') }}
    where
        member in ('grant_controls', 'session_controls')
        and path not like '%@odata.type'

),

demands as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        coalesce(bool_or(phrase = 'block access'), false) as is_block,
        {{ listed('phrase', ' or ') }} as alternatives,
        {{ listed('phrase', ' and ') }} as demands,
        coalesce({{ of }}operator'), 'or') as operator,
        {{ of }}signInFrequency.isEnabled') = 'true' as has_frequency,
        {{ of }}signInFrequency.frequencyInterval') as frequency_interval,
        {{ of }}signInFrequency.value') as frequency_value,
        {{ of }}signInFrequency.type') as frequency_type,
        {{ of }}persistentBrowser.isEnabled') = 'true' as has_persistence,
        {{ of }}persistentBrowser.mode') as persistence,
        {{ of }}cloudAppSecurity.isEnabled') = 'true' as has_cloud_app_security,
        max({{ in_words('value') }}) filter (
            where path = 'cloudAppSecurity.cloudAppSecurityType'
        ) as cloud_app_security,
        {{ of }}applicationEnforcedRestrictions.isEnabled') = 'true' as has_restrictions,
        {{ of }}secureSignInSession.isEnabled') = 'true' as has_secure_session,
        {{ of }}disableResilienceDefaults') = 'true' as is_resilience_disabled,
        {{ of }}continuousAccessEvaluation.mode') as continuous_evaluation
    from leaves
    group by tenant_id, snapshot_date, policy_id

),

said as (

    select
        *,
        concat_ws(
            '; ',
            case
                when has_frequency and frequency_interval = 'everytime' then 'sign in every time'
                when has_frequency
                    then 'sign in again every ' || coalesce(frequency_value, '?') || ' '
                        || coalesce(frequency_type, '')
            end,
            case when has_persistence then 'persistent browser session: ' || persistence end,
            case when has_restrictions then 'restrictions that the application enforces' end,
            case when has_cloud_app_security
                    then 'Defender for Cloud Apps: ' || coalesce(cloud_app_security, 'on')
            end,
            case when has_secure_session then 'token protection' end,
            case when is_resilience_disabled then 'no resilience defaults' end,
            'continuous access evaluation: ' || continuous_evaluation
        ) as session_words
    from demands

)

select
    tenant_id,
    snapshot_date,
    policy_id,
    case
        when is_block then 'Block access'
        when operator = 'and' then 'Require ' || demands
        else 'Require ' || alternatives
    end as grants_in_words,
    {{ sentence("nullif(session_words, '')") }} as session_in_words
from said
