-- One row per policy of the replaced days: whom and what it is for, and what narrows it. A
-- condition that nobody knows narrows like any other.
{%- set clients = "aspect = 'client_apps' and named_id" %}

with

members as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        path,
        named_id,
        coalesce(aspect, '') as aspect
    from {{ ref('int_policy_properties_labelled') }}

)

select
    tenant_id,
    snapshot_date,
    policy_id,
    bool_or(path = 'users.includeUsers' and named_id = 'all') as is_all_users,
    bool_or(
        path like 'users.excludeGuests%'
        or (path = 'users.excludeUsers' and named_id = 'guestsorexternalusers')
    ) as excludes_guests,
    bool_or(path = 'applications.includeApplications' and named_id = 'all')
    and not bool_or(
        path = 'applications.excludeApplications'
        or aspect in ('application_filter', 'user_actions', 'authentication_contexts')
    ) as is_all_applications,
    bool_or(path = 'applications.includeApplications' and named_id = 'none')
    and not bool_or(
        aspect in ('application_filter', 'user_actions', 'authentication_contexts')
    ) as is_no_application,
    -- Named through something else than an application: only part of what goes on in each.
    bool_or(aspect in ('application_filter', 'user_actions', 'authentication_contexts'))
        as is_by_other_means,
    -- Every client there is, whether said in one word or in all of them.
    not bool_or(aspect = 'client_apps')
    or bool_or({{ clients }} = 'all')
    or count(distinct named_id) filter (
        where {{ clients }} in (
            'browser', 'mobileappsanddesktopclients', 'exchangeactivesync', 'other'
        )
    ) = 4 as is_all_clients,
    bool_or({{ clients }} = 'exchangeactivesync') as is_for_activesync,
    bool_or({{ clients }} = 'other') as is_for_other_clients,
    bool_or(aspect = 'platforms') and not (
        bool_or(path = 'platforms.includePlatforms' and named_id = 'all')
        and not bool_or(path = 'platforms.excludePlatforms')
    ) as uses_platforms,
    bool_or(aspect = 'locations') and not (
        bool_or(path = 'locations.includeLocations' and named_id = 'all')
        and not bool_or(path = 'locations.excludeLocations')
    ) as uses_locations,
    bool_or(aspect = 'sign_in_risk') as uses_sign_in_risk,
    bool_or(aspect = 'sign_in_risk' and named_id = 'high') as is_for_high_sign_in_risk,
    bool_or(aspect = 'user_risk') as uses_user_risk,
    bool_or(aspect = 'user_risk' and named_id = 'high') as is_for_high_user_risk,
    count(distinct aspect) filter (
        where aspect in (
            'devices', 'workload_identities', 'agent_identities', 'authentication_flows',
            'insider_risk', 'unknown'
        )
    ) as other_condition_count
from members
group by tenant_id, snapshot_date, policy_id
