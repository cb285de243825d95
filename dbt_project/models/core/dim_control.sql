with

scored as (

    select * from {{ ref('int_controls_scored') }}

),

-- A score may spell the id in another case, and facts carry each of its spellings.
described as (

    select
        changes.tenant_id,
        coalesce(spelled.control_id, changes.control_id) as control_id,
        changes.control_id as profile_id,
        changes.capture_date as valid_from,
        lead(changes.capture_date) over (
            partition by changes.tenant_id, changes.control_id, spelled.control_id
            order by changes.capture_date
        ) as superseded_date,
        changes.title,
        changes.control_category,
        changes.service,
        changes.tier,
        changes.rank,
        changes.max_points,
        changes.implementation_cost,
        changes.user_impact,
        changes.action_type,
        changes.threats,
        changes.remediation,
        changes.remediation_impact,
        changes.action_url,
        changes.is_marked_deprecated or not changes.is_present as is_deprecated,
        case when spelled.control_id is null then 'profile_only' else 'matched' end as match_status
    from {{ ref('int_control_profile_changes') }} as changes
    left join scored as spelled
        on
            changes.tenant_id = spelled.tenant_id
            and changes.control_id = spelled.profile_id

),

-- The state as the versions up to this one knew it when it was captured.
states as (

    select
        described.tenant_id,
        described.profile_id,
        described.valid_from,
        arg_max(
            states.state,
            (coalesce(states.updated_at, timestamp '1900-01-01 00:00:00'), states.item_index)
        ) as state
    from described
    inner join {{ ref('int_control_states_dated') }} as states
        on
            described.tenant_id = states.tenant_id
            and described.profile_id = states.control_id
            and described.valid_from >= states.first_listed_date
            and described.valid_from < states.listed_until
    group by described.tenant_id, described.profile_id, described.valid_from

),

versions as (

    select
        described.*,
        described.superseded_date - 1 as valid_to,
        described.superseded_date is null as is_current,
        coalesce(states.state, 'default') as state
    from described
    left join states using (tenant_id, profile_id, valid_from)

    union all by name

    -- controls that are scored and that no catalogue describes
    select
        tenant_id,
        control_id,
        first_score_date as valid_from,
        true as is_current,
        false as is_deprecated,
        'score_only' as match_status
    from scored
    where profile_id is null

)

select
    versions.tenant_id,
    versions.control_id,
    versions.valid_from,
    cast(versions.valid_to as date) as valid_to,
    versions.is_current,
    versions.title,
    versions.control_category,
    versions.service,
    versions.tier,
    cast(versions.rank as integer) as rank,
    versions.max_points,
    coalesce(costs.level, 'unknown') as implementation_cost,
    coalesce(impacts.level, 'unknown') as user_impact,
    versions.action_type,
    versions.threats,
    versions.remediation,
    versions.remediation_impact,
    versions.action_url,
    licences.required_licence,
    versions.is_deprecated,
    versions.state,
    versions.match_status
from versions
left join {{ ref('effort_levels') }} as costs
    on lower(trim(versions.implementation_cost)) = costs.wire_value
left join {{ ref('effort_levels') }} as impacts
    on lower(trim(versions.user_impact)) = impacts.wire_value
left join {{ ref('control_licences') }} as licences
    on lower(versions.control_id) = lower(licences.control_id)
