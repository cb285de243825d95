-- What may explain that a control entered or left the score, by day: services or SKUs that changed
-- (for every control, so control_id is ''), a profile that appeared in the catalogue or left it.
-- A tenant's first reading of each is a baseline and no change. A reason that this build learns of,
-- or learns to be none, is news to the records around it.
with

services as (

    select
        tenant_id,
        score_date as changed_date,
        enabled_services <> lag(enabled_services) over (
            partition by tenant_id order by score_date
        ) as is_changed
    from {{ ref('int_score_records_chosen') }}
    where enabled_services is not null

),

skus as (

    select
        tenant_id,
        snapshot_date as changed_date,
        sku_set_hash <> lag(sku_set_hash) over (
            partition by tenant_id order by snapshot_date
        ) as is_changed
    from {{ ref('int_tenant_licences') }}

),

catalogues as (

    select
        tenant_id,
        min(extract_date) as first_capture_date
    from {{ ref('fct_collection') }}
    where
        feed = 'secure_score_control_profiles'
        and outcome in ('ok', 'empty')
    group by tenant_id

),

observed as (

    select
        tenant_id,
        '' as control_id,
        'offering_changed' as reason,
        changed_date
    from services
    where is_changed

    union

    select
        tenant_id,
        '' as control_id,
        'offering_changed' as reason,
        changed_date
    from skus
    where is_changed

    union all

    select
        changes.tenant_id,
        changes.control_id,
        case when changes.is_present then 'profile_appeared' else 'profile_left' end as reason,
        changes.capture_date as changed_date
    from {{ ref('int_control_profile_changes') }} as changes
    inner join catalogues
        on
            changes.tenant_id = catalogues.tenant_id
            and changes.capture_date > catalogues.first_capture_date
    where changes.has_appeared or not changes.is_present

),

known as (

    select *
    from {{ previous_build('intermediate', 'int_scored_set_events_dated', {
        'tenant_id': 'varchar',
        'control_id': 'varchar',
        'reason': 'varchar',
        'changed_date': 'date',
        'is_current': 'boolean',
    }) }}
    where is_current

)

select
    coalesce(observed.tenant_id, known.tenant_id) as tenant_id,
    coalesce(observed.control_id, known.control_id) as control_id,
    coalesce(observed.reason, known.reason) as reason,
    coalesce(observed.changed_date, known.changed_date) as changed_date,
    observed.tenant_id is not null as is_current,
    observed.tenant_id is null or known.tenant_id is null as is_news
from observed
full outer join known
    on
        observed.tenant_id = known.tenant_id
        and observed.control_id = known.control_id
        and observed.reason = known.reason
        and observed.changed_date = known.changed_date
