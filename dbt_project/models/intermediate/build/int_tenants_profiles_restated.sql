-- Tenants whose catalogue, as newly captured, may alter score facts of days already built. Maxima
-- are told apart with care, since a new catalogue reaches all tenants on one day; a state may be
-- dated back, and few tenants set one on a day.
with

captures as (

    select
        tenant_id,
        min(capture_date) as capture_date
    from {{ ref('int_profile_captures_new') }}
    group by tenant_id

),

history as (

    select
        tenant_id,
        lower(control_id) as folded_id,
        capture_date,
        max_points,
        state_updates,
        lag(capture_date) over by_day as previous_date,
        lag(max_points) over by_day as previous_max_points,
        lag(state_updates) over by_day as previous_updates
    from {{ ref('int_control_profile_changes') }}
    window by_day as (partition by tenant_id, control_id order by capture_date)

),

changes as (

    select history.*
    from history
    inner join captures
        on
            history.tenant_id = captures.tenant_id
            and history.capture_date >= captures.capture_date

),

unsettled_controls as (

    select distinct
        facts.tenant_id,
        lower(facts.control_id) as folded_id
    from {{ previous_build('core', 'fct_control_score_daily', {
        'tenant_id': 'varchar',
        'control_id': 'varchar',
        'max_source': 'varchar',
    }) }} as facts
    inner join captures
        on facts.tenant_id = captures.tenant_id
    where facts.max_source in ('derived', 'residual', 'unknown')

),

built as (

    select
        tenant_id,
        max(score_date) as last_date
    from {{ previous_build('intermediate', 'int_score_records_chosen', {
        'tenant_id': 'varchar',
        'score_date': 'date',
    }) }}
    group by tenant_id

)

select changes.tenant_id
from changes
inner join built
    on changes.tenant_id = built.tenant_id
left join {{ previous_build('intermediate', 'int_controls_scored', {
    'tenant_id': 'varchar',
    'control_id': 'varchar',
}) }} as scored
    on
        changes.tenant_id = scored.tenant_id
        and changes.folded_id = lower(scored.control_id)
left join unsettled_controls
    on
        changes.tenant_id = unsettled_controls.tenant_id
        and changes.folded_id = unsettled_controls.folded_id
where
    -- a profile that changed for days already built
    changes.capture_date <= built.last_date
    -- a list of states that is another one
    or (
        changes.previous_date is not null
        and changes.state_updates is distinct from changes.previous_updates
    )
    -- the first profile of a control that was scored before
    or (changes.previous_date is null and scored.control_id is not null)
    -- a changed maximum may settle a day that had to derive one
    or (
        changes.max_points is distinct from changes.previous_max_points
        and unsettled_controls.folded_id is not null
    )

union

-- the catalogue of a day read again
select captures.tenant_id
from captures
inner join {{ ref('fct_collection') }} as collection
    on
        captures.tenant_id = collection.tenant_id
        and captures.capture_date <= collection.extract_date
        and collection.feed = 'secure_score_control_profiles'
        and collection.outcome in ('ok', 'empty')
anti join {{ ref('int_captures_new') }} as new_captures
    on
        collection.run_id = new_captures.run_id
        and collection.tenant_id = new_captures.tenant_id
        and collection.feed = new_captures.feed
