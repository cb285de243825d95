-- Long: scores, decisions and policies make one log, and every part of it names its columns.
with

described as (

    select * from {{ ref('dim_control') }}
    where is_current

),

score_events as (

    select
        tenant_id,
        score_date as event_date,
        'control' as subject_kind,
        control_id as subject_id,
        control_id,
        -- After the day's decisions on the control, however many there were.
        1000000 as event_order,
        event_kind,
        previous_level as previous_value,
        implementation_level as new_value,
        previous_date as previous_record_date,
        previous_score_points,
        score_points,
        max_points,
        round(coalesce(score_points, 0) - coalesce(previous_score_points, 0), 9) + 0.0
            as gained_points,
        previous_event_date,
        fix_started_date,
        is_backfilled
    from {{ ref('int_control_changes') }}
    where event_kind is not null

),

-- What was at stake when the decision was made: the scores of the record before or of that day.
state_events as (

    select
        events.tenant_id,
        events.event_date,
        'control' as subject_kind,
        events.control_id as subject_id,
        events.control_id,
        events.update_number as event_order,
        case events.state when events.previous_state then 'state_confirmed' else 'state_changed' end
            as event_kind,
        events.previous_state as previous_value,
        events.state as new_value,
        events.event_at,
        events.changed_by,
        events.assigned_to,
        events.comment,
        changes.score_points,
        changes.max_points,
        lag(events.event_date) over (
            partition by events.tenant_id, events.control_id
            order by events.event_date, events.update_number
        ) as previous_event_date,
        false as is_backfilled
    from {{ ref('int_control_state_events') }} as events
    asof left join {{ ref('int_control_changes') }} as changes
        on
            events.tenant_id = changes.tenant_id
            and events.control_id = changes.control_id
            and events.event_date >= changes.score_date

),

events as (

    select * from score_events

    union all by name

    select * from state_events

    union all by name

    select
        tenant_id,
        snapshot_date as event_date,
        'policy' as subject_kind,
        policy_id as subject_id,
        policy_name as subject_name,
        0 as event_order,
        event_kind,
        previous_value,
        new_value,
        event_at,
        changed_by,
        changed_by_status,
        previous_date as previous_record_date,
        lag(snapshot_date) over (
            partition by tenant_id, policy_id order by snapshot_date
        ) as previous_event_date,
        false as is_backfilled
    from {{ ref('int_policy_changes_attributed') }}

)

select
    events.tenant_id,
    events.event_date,
    events.subject_kind,
    events.subject_id,
    cast(row_number() over (
        partition by events.tenant_id, events.event_date, events.subject_kind, events.subject_id
        order by events.event_order
    ) as integer) as event_number,
    events.event_kind,
    coalesce(described.title, events.subject_name) as subject_title,
    described.control_category,
    described.service,
    events.previous_value,
    events.new_value,
    events.event_at,
    events.changed_by,
    events.changed_by_status,
    events.assigned_to,
    events.comment,
    events.previous_record_date,
    events.previous_score_points,
    events.score_points,
    events.max_points,
    events.gained_points,
    round(events.max_points - events.score_points, 9) + 0.0 as at_stake_points,
    cast(date_diff('day', events.previous_event_date, events.event_date) as integer)
        as days_since_previous_count,
    cast(date_diff('day', events.fix_started_date, events.event_date) as integer)
        as days_to_fix_count,
    events.is_backfilled
from events
left join described using (tenant_id, control_id)
