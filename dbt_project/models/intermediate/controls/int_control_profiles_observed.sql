-- Long: the hash names every column that can change.
-- The catalogue as each new capture shows it, a row a control, with one hash over all that
-- can change.
with

captures as (

    select * from {{ ref('int_profile_captures_new') }}

),

-- Of a control that a page repeats the first copy: found among the keys, since the texts are long.
firsts as (

    select
        profiles.run_id,
        profiles.tenant_id,
        captures.capture_date,
        min(profiles.record_index) as record_index
    from {{ ref('stg_graph__secure_score_control_profiles') }} as profiles
    inner join captures using (run_id, tenant_id)
    where profiles.quarantine_reason is null
    group by profiles.run_id, profiles.tenant_id, captures.capture_date, profiles.control_id

),

profiles as (

    select
        profiles.*,
        firsts.capture_date
    from {{ ref('stg_graph__secure_score_control_profiles') }} as profiles
    inner join firsts using (run_id, tenant_id, record_index)

),

threats as (

    select
        run_id,
        tenant_id,
        record_index,
        string_agg(threat, ', ' order by item_index) as threats
    from {{ ref('stg_graph__secure_score_control_profiles_threats') }}
    group by run_id, tenant_id, record_index

),

states as (

    select
        run_id,
        tenant_id,
        record_index,
        string_agg(
            concat_ws(
                '|',
                coalesce(state, ''),
                coalesce(cast(updated_at as varchar), ''),
                coalesce(updated_by, ''),
                coalesce(assigned_to, ''),
                coalesce(comment, '')
            ), chr(10)
            order by item_index
        ) as state_updates
    from {{ ref('stg_graph__secure_score_control_profiles_control_state_updates') }}
    group by run_id, tenant_id, record_index

),

described as (

    select
        profiles.tenant_id,
        profiles.control_id,
        profiles.capture_date,
        profiles.run_id,
        profiles.record_index,
        profiles.title,
        profiles.control_category,
        profiles.service,
        profiles.action_type,
        profiles.action_url,
        profiles.max_points,
        profiles.tier,
        profiles.user_impact,
        profiles.implementation_cost,
        profiles.rank,
        profiles.remediation,
        profiles.remediation_impact,
        profiles.is_marked_deprecated,
        threats.threats,
        states.state_updates
    from profiles
    left join threats using (run_id, tenant_id, record_index)
    left join states using (run_id, tenant_id, record_index)

)

select
    *,
    md5(
        concat_ws(
            chr(31),
            coalesce(title, chr(30)),
            coalesce(control_category, chr(30)),
            coalesce(service, chr(30)),
            coalesce(action_type, chr(30)),
            coalesce(action_url, chr(30)),
            coalesce(cast(max_points as varchar), chr(30)),
            coalesce(tier, chr(30)),
            coalesce(user_impact, chr(30)),
            coalesce(implementation_cost, chr(30)),
            coalesce(cast(rank as varchar), chr(30)),
            coalesce(remediation, chr(30)),
            coalesce(remediation_impact, chr(30)),
            cast(is_marked_deprecated as varchar),
            coalesce(threats, chr(30)),
            coalesce(state_updates, chr(30))
        )
    ) as content_hash
from described
