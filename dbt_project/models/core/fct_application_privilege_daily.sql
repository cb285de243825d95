-- Long: what is held, for whom and with which credentials are three feeds of one row.
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

with

-- One row a permission, however often and in whatever way it is held: the strongest way decides.
held as (

    select
        tenant_id,
        snapshot_date,
        service_principal_id,
        permission,
        max(service_principal_name) as service_principal_name,
        max(resource_id) as resource_id,
        max(resource_application_id) as resource_application_id,
        max(resource_name) as resource_name,
        max(permission_name) as permission_name,
        bool_or(consent_type = 'application') as is_application_permission,
        bool_or(consent_type <> 'application') as is_delegated_permission,
        case
            when bool_or(consent_type = 'application') then 'application'
            when bool_or(consent_type = 'all_principals') then 'all_principals'
            else 'principal'
        end as consent_type,
        cast(
            count(distinct consented_by_id) filter (where consent_type = 'principal')
            + sum(user_count) as bigint
        ) as user_consent_count,
        max(collected_at) as collected_at
    from {{ ref('int_permission_grants_listed') }}
    group by tenant_id, snapshot_date, service_principal_id, permission

),

principal_outcomes as (

    select
        outcomes.tenant_id,
        outcomes.snapshot_date,
        outcomes.outcome
    from {{ ref('int_feed_outcomes') }} as outcomes
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where outcomes.feed = 'service_principals'

),

-- Delegated grants are a list of their own, and the tenant may withhold what opens it.
withheld as (

    select
        outcomes.tenant_id,
        outcomes.snapshot_date
    from {{ ref('int_feed_outcomes') }} as outcomes
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where
        outcomes.feed = 'application_permissions'
        and outcomes.is_partial

),

described as (

    select
        held.*,
        withheld.tenant_id is null as has_grants,
        applications.application_id,
        applications.service_principal_name as current_name,
        applications.service_principal_type,
        applications.is_enabled,
        applications.is_own_application,
        applications.credential_count,
        applications.first_credential_end_at,
        applications.last_credential_end_at,
        case
            when coalesce(outcomes.outcome, 'not_collected') not in ('ok', 'empty')
                then coalesce(outcomes.outcome, 'not_collected')
            when applications.service_principal_id is null and held.consent_type = 'principal'
                then 'not_asked'
            when applications.service_principal_id is null then 'not_found'
            when applications.lacks_application then 'partial'
            when not applications.is_own_application then 'foreign'
            when applications.credential_count = 0 then 'none'
            else 'ok'
        end as credential_status
    from held
    left join principal_outcomes as outcomes using (tenant_id, snapshot_date)
    left join withheld using (tenant_id, snapshot_date)
    left join {{ ref('int_applications_described') }} as applications
        using (tenant_id, snapshot_date, service_principal_id)

)

select
    described.tenant_id,
    described.snapshot_date,
    described.service_principal_id,
    described.permission,
    described.permission_name,
    described.resource_id,
    described.resource_application_id,
    described.resource_name,
    described.application_id,
    coalesce(described.current_name, described.service_principal_name) as service_principal_name,
    described.service_principal_type,
    described.is_enabled,
    described.is_own_application,
    described.is_application_permission,
    case when described.has_grants then described.is_delegated_permission end
        as is_delegated_permission,
    coalesce(described.is_application_permission or privileges.is_high_as_delegated, false)
    and coalesce(privileges.reach <> 'none', false) as is_high_privilege,
    case when described.is_application_permission then nullif(privileges.privilege_level, 0) end
        as privilege_level,
    described.consent_type,
    case when described.has_grants then described.user_consent_count end as user_consent_count,
    case when described.has_grants then 'ok' else 'not_permitted' end as delegated_status,
    described.credential_status,
    case when described.credential_status in ('ok', 'none', 'foreign')
            then described.credential_count
    end as credential_count,
    case when described.credential_status in ('ok', 'foreign')
            then described.last_credential_end_at
    end as credential_expires_at,
    case
        when described.credential_status in ('ok', 'none', 'foreign')
            then coalesce(described.first_credential_end_at < described.snapshot_date + 1, false)
    end as has_expired_credential,
    described.collected_at
from described
left join {{ ref('graph_permission_privileges') }} as privileges
    on
        described.resource_application_id = privileges.resource_application_id
        and lower(described.permission_name) = lower(privileges.permission)
