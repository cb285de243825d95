-- Long: every kind of finding is one part of a union, and each names all columns.
{{ config(materialized='view') }}

-- What could make a whole tenant doubtful: configured and never read, read and no longer
-- configured, days that no run asked for, licences that two sources tell differently.
with

as_of as (

    select * from {{ ref('int_build_date') }}

),

collected as (

    select
        tenant_id,
        extract_date,
        bool_or(outcome in ('ok', 'empty')) as is_read,
        max(outcome) as outcome
    from {{ ref('fct_collection') }}
    where outcome <> 'not_for_this_date'
    group by tenant_id, extract_date

),

run_days as (

    select
        tenant_id,
        extract_date,
        lag(extract_date) over (partition by tenant_id order by extract_date) as previous_date
    from collected

),

readings as (

    select
        tenant_id,
        bool_or(is_read) as is_read,
        arg_max(outcome, extract_date) as last_outcome
    from collected
    group by tenant_id

),

configured as (

    select
        configs.tenant_id,
        min(configs.extract_date) as first_date,
        bool_or(runs.is_newest) as is_newest
    from {{ ref('int_tenant_configs') }} as configs
    inner join {{ ref('int_runs') }} as runs using (run_id)
    group by configs.tenant_id

),

licences as (

    select
        licences.tenant_id,
        licences.snapshot_date,
        licences.licence_tier as sku_tier,
        records.licence_tier as service_tier
    from {{ ref('int_tenant_licences') }} as licences
    inner join {{ ref('int_score_records_chosen') }} as records
        on
            licences.tenant_id = records.tenant_id
            and licences.snapshot_date = records.score_date
    where licences.licence_tier <> records.licence_tier

)

select
    configured.tenant_id,
    'never_collected' as finding,
    '' as feed,
    '' as subject,
    configured.first_date,
    as_of.as_of_date as last_date,
    cast(null as bigint) as finding_count,
    coalesce(
        'No feed could ever be read; the last outcome was ' || readings.last_outcome || '.',
        'In the configuration, and no run has asked for it.'
    ) as detail
from configured
cross join as_of
left join readings using (tenant_id)
where
    configured.is_newest
    and not coalesce(readings.is_read, false)

union all

select
    tenants.tenant_id,
    'no_longer_configured' as finding,
    '' as feed,
    '' as subject,
    least(tenants.last_seen_date + 1, as_of.as_of_date) as first_date,
    as_of.as_of_date as last_date,
    cast(date_diff('day', tenants.last_seen_date, as_of.as_of_date) as bigint) as finding_count,
    'Not in the configuration of the newest run; last seen ' || tenants.last_seen_date || '.'
        as detail
from {{ ref('dim_tenant') }} as tenants
cross join as_of
where not tenants.is_active

union all

select
    tenant_id,
    'days_not_collected' as finding,
    '' as feed,
    '' as subject,
    previous_date + 1 as first_date,
    extract_date - 1 as last_date,
    cast(extract_date - previous_date - 1 as bigint) as finding_count,
    'No run asked for these days; scores of them may have been read later, nothing else.' as detail
from run_days
where extract_date > previous_date + 1

union all

select
    tenant_id,
    'registration_unknown' as finding,
    'user_registration_details' as feed,
    '' as subject,
    min(snapshot_date) as first_date,
    max(snapshot_date) as last_date,
    max(mfa_registered_unknown_count + guest_mfa_registered_unknown_count) as finding_count,
    'People of whom the report does not say whether they are registered for MFA, at most so many '
    || 'on one of these days.' as detail
from {{ ref('fct_identity_posture_daily') }}
where mfa_registered_unknown_count + guest_mfa_registered_unknown_count > 0
group by tenant_id

union all

select
    tenant_id,
    'licence_sources_disagree' as finding,
    'subscribed_skus' as feed,
    sku_tier || ' and ' || service_tier as subject,
    min(snapshot_date) as first_date,
    max(snapshot_date) as last_date,
    count(*) as finding_count,
    'The SKUs say ' || sku_tier || ', enabledServices of the score record say ' || service_tier
    || '.' as detail
from licences
group by tenant_id, sku_tier, service_tier
