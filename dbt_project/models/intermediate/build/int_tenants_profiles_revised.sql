-- Tenants whose catalogue, as it arrived, alters score facts of days already built.
with

arrived as (

    select
        tenant_id,
        min(score_date) as from_date
    from {{ ref('int_score_days_new') }}
    group by tenant_id

),

known_days as (

    select
        tenant_id,
        score_date
    from {{ prior('intermediate', 'int_score_records_chosen', {
        'tenant_id': 'varchar',
        'score_date': 'date',
    }) }}

),

known_controls as (

    select
        tenant_id,
        lower(control_id) as folded_id
    from {{ prior('intermediate', 'int_controls_scored', {
        'tenant_id': 'varchar',
        'control_id': 'varchar',
    }) }}

),

profile_captures as (

    select
        tenant_id,
        min(capture_date) as capture_date
    from {{ ref('int_profile_captures_new') }}
    group by tenant_id

),

new_maxima as (

    select
        maxima.tenant_id,
        maxima.control_id,
        maxima.capture_date,
        maxima.is_first
    from {{ ref('int_control_maxima') }} as maxima
    inner join profile_captures
        on
            maxima.tenant_id = profile_captures.tenant_id
            and maxima.capture_date >= profile_captures.capture_date

),

unsettled_controls as (

    select distinct
        facts.tenant_id,
        lower(facts.control_id) as folded_id
    from {{ prior('core', 'fct_control_score_daily', {
        'tenant_id': 'varchar',
        'control_id': 'varchar',
        'max_source': 'varchar',
    }) }} as facts
    inner join profile_captures
        on facts.tenant_id = profile_captures.tenant_id
    where facts.max_source in ('derived', 'residual', 'unknown')

),

-- Profiles and states count from the day of their capture, states also from the day of the update.
profile_changes as (

    select
        changes.tenant_id,
        least(
            min(changes.capture_date),
            coalesce(min(cast(updates.updated_at as date)), min(changes.capture_date))
        ) as from_date
    from {{ ref('int_control_profile_changes') }} as changes
    inner join profile_captures
        on
            changes.tenant_id = profile_captures.tenant_id
            and changes.capture_date >= profile_captures.capture_date
    left join {{ ref('int_control_states_dated') }} as updates
        on
            changes.tenant_id = updates.tenant_id
            and changes.control_id = updates.control_id
            and profile_captures.capture_date <= updates.first_listed_date
    group by changes.tenant_id

)

-- the first profile of a control that was scored before
select new_maxima.tenant_id
from new_maxima
inner join known_controls
    on
        new_maxima.tenant_id = known_controls.tenant_id
        and lower(new_maxima.control_id) = known_controls.folded_id
where new_maxima.is_first

union

-- a changed maximum may settle a day that had to derive one
select new_maxima.tenant_id
from new_maxima
inner join unsettled_controls
    on
        new_maxima.tenant_id = unsettled_controls.tenant_id
        and lower(new_maxima.control_id) = unsettled_controls.folded_id

union

-- a profile or a state that changed for days already built
select profile_changes.tenant_id
from profile_changes
inner join known_days
    on
        profile_changes.tenant_id = known_days.tenant_id
        and profile_changes.from_date <= known_days.score_date
left join arrived
    on profile_changes.tenant_id = arrived.tenant_id
where
    arrived.from_date is null
    or known_days.score_date < arrived.from_date

union

-- the catalogue of a day read again
select profile_captures.tenant_id
from profile_captures
inner join {{ prior('intermediate', 'int_profile_captures', {
    'tenant_id': 'varchar',
    'capture_date': 'date',
}) }} as captures
    on
        profile_captures.tenant_id = captures.tenant_id
        and profile_captures.capture_date <= captures.capture_date
