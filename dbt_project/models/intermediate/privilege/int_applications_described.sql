-- What Graph said on each replaced day of the applications that hold permissions: whose they are
-- and which credentials this tenant keeps for them.
with

principals as (

    select * exclude (copy_number)
    from (
        select
            *,
            row_number() over (
                partition by tenant_id, snapshot_date, service_principal_id order by record_index
            ) as copy_number
        from (
            {{ captured_rows('stg_graph__service_principals', 'service_principals') }}
            where reported.quarantine_reason is null
        )
    )
    where copy_number = 1

),

-- A tenant's own applications carry their secrets here, and not on their service principal.
applications as (

    select
        tenant_id,
        snapshot_date,
        application_id,
        sum(credential_count) as credential_count,
        sum(endless_credential_count) as endless_credential_count,
        min(first_credential_end_at) as first_credential_end_at,
        max(last_credential_end_at) as last_credential_end_at
    from (
        {{ captured_rows('stg_graph__service_principals_applications', 'service_principals') }}
    )
    group by tenant_id, snapshot_date, application_id

),

-- The feed counts as read where applications were refused; the log says so.
incomplete as (

    select
        captures.tenant_id,
        captures.extract_date as snapshot_date
    from {{ ref('int_captures_deduplicated') }} as captures
    inner join {{ ref('stg_graph__collection_log') }} as collection
        on
            captures.run_id = collection.run_id
            and captures.tenant_id = collection.tenant_id
            and captures.feed = collection.feed
    where
        captures.feed = 'service_principals'
        and (
            collection.error_code <> 'incomplete_upstream'
            or collection.note like '%applications:%'
        )

)

select
    principals.tenant_id,
    principals.snapshot_date,
    principals.service_principal_id,
    principals.application_id,
    principals.service_principal_name,
    principals.service_principal_type,
    principals.is_enabled,
    principals.owner_tenant_id = lower(principals.tenant_id) as is_own_application,
    principals.owner_tenant_id = lower(principals.tenant_id) and incomplete.tenant_id is not null
        as lacks_application,
    cast(principals.credential_count + coalesce(applications.credential_count, 0) as bigint)
        as credential_count,
    least(principals.first_credential_end_at, applications.first_credential_end_at)
        as first_credential_end_at,
    -- One without an end outlasts the others.
    case
        when
            principals.endless_credential_count
            + coalesce(applications.endless_credential_count, 0) = 0
            then greatest(principals.last_credential_end_at, applications.last_credential_end_at)
    end as last_credential_end_at
from principals
left join applications
    on
        principals.tenant_id = applications.tenant_id
        and principals.snapshot_date = applications.snapshot_date
        and principals.application_id = applications.application_id
left join incomplete
    on
        principals.tenant_id = incomplete.tenant_id
        and principals.snapshot_date = incomplete.snapshot_date
