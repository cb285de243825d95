-- Every permission an application holds on the replaced days, once for each way of holding it:
-- granted to the application itself, consented to for all users, consented to by single users.
with

assigned as (

    {{ captured_rows('stg_graph__application_permissions', 'application_permissions') }}
    where
        reported.quarantine_reason is null
        -- People and groups assigned to an API use it; only applications are permitted by it.
        and reported.principal_type is distinct from 'user'
        and reported.principal_type is distinct from 'group'

),

granted as (

    {{ captured_rows('stg_graph__application_permissions_grants', 'application_permissions') }}
    where reported.quarantine_reason is null

),

-- Consents of people whose rows are not kept are counted while reading.
counted as (

    {{ captured_rows('stg_graph__application_permissions_user_grants', 'application_permissions') }}
    where reported.service_principal_id is not null

),

delegated as (

    select
        tenant_id,
        snapshot_date,
        collected_at,
        service_principal_id,
        resource_id,
        resource_application_id,
        resource_name,
        case when consent_type = 'all_principals' then 'all_principals' else 'principal' end
            as consent_type,
        consented_by_id,
        cast(0 as bigint) as user_count,
        unnest(string_split_regex(scope, '\s+')) as scope
    from granted

    union all

    select
        tenant_id,
        snapshot_date,
        collected_at,
        service_principal_id,
        resource_id,
        resource_application_id,
        resource_name,
        'principal' as consent_type,
        cast(null as varchar) as consented_by_id,
        user_count,
        unnest(string_split_regex(scope, '\s+')) as scope
    from counted

),

listed as (

    select
        tenant_id,
        snapshot_date,
        collected_at,
        service_principal_id,
        service_principal_name,
        resource_id,
        resource_application_id,
        resource_name,
        -- A role that Graph no longer describes keeps its id.
        coalesce(nullif(permission, ''), app_role_id) as permission_name,
        'application' as consent_type,
        cast(null as varchar) as consented_by_id,
        cast(0 as bigint) as user_count
    from assigned
    -- The role of no permission at all: assigned, and nothing more.
    where app_role_id <> '00000000-0000-0000-0000-000000000000'

    union all

    select
        tenant_id,
        snapshot_date,
        collected_at,
        service_principal_id,
        cast(null as varchar) as service_principal_name,
        resource_id,
        resource_application_id,
        resource_name,
        scope as permission_name,
        consent_type,
        consented_by_id,
        user_count
    from delegated
    where scope <> ''

)

select
    *,
    -- Other APIs have permissions of the same names.
    case
        when resource_application_id = {{ microsoft_graph() }} then ''
        else coalesce(resource_id, '') || '/'
    end || permission_name as permission
from listed
