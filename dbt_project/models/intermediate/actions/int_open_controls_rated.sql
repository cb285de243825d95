-- Long: what a control brings, costs and needs comes from eight models, one join each.
-- Controls of each tenant's newest day that could still bring points, with what each would cost.
with

newest_days as (

    select
        tenant_id,
        score_date,
        max_points as tenant_max_points
    from (
        select
            *,
            row_number() over (partition by tenant_id order by score_date desc) as day_rank
        from {{ ref('fct_tenant_score_daily') }}
        where scope = 'overall'
    )
    where day_rank = 1

),

open_controls as (

    select
        controls.*,
        newest_days.tenant_max_points
    from {{ ref('fct_control_score_daily') }} as controls
    inner join newest_days using (tenant_id, score_date)
    where
        controls.score_ratio < 1
        -- What does not count brings nothing.
        and controls.counts_in_maximum is distinct from false

),

described as (

    select * from {{ ref('dim_control') }}
    where is_current

),

-- The judged effort with the longest id prefix that fits.
judged as (

    select
        open_controls.control_id,
        arg_max(efforts.judged_cost, length(efforts.control_id_prefix)) as judged_cost,
        arg_max(efforts.judged_user_impact, length(efforts.control_id_prefix))
            as judged_user_impact,
        arg_max(efforts.judged_has_user_impact, length(efforts.control_id_prefix))
            as judged_has_user_impact
    from open_controls
    inner join {{ ref('control_efforts') }} as efforts
        on starts_with(lower(open_controls.control_id), lower(efforts.control_id_prefix))
    group by open_controls.control_id

)

select
    open_controls.tenant_id,
    open_controls.score_date,
    open_controls.control_id,
    described.title,
    open_controls.control_category,
    open_controls.service,
    open_controls.score_points,
    open_controls.max_points,
    -- Rounded, so that equal gains rank as equal whatever the last bit of a difference says.
    round(open_controls.max_points - open_controls.score_points, 9) as gain_points,
    {{ ratio(
        'open_controls.max_points - open_controls.score_points',
        'open_controls.tenant_max_points'
    ) }} as gain_ratio,
    open_controls.state,
    {{ is_excepted('open_controls.state') }} as is_exception,
    open_controls.counts_in_maximum,
    starred.control_id is not null as is_identity_secure_score,
    described.implementation_cost,
    described.user_impact,
    coalesce(
        nullif(described.implementation_cost, 'unknown'), judged.judged_cost, 'unknown'
    ) as effective_cost,
    coalesce(
        nullif(described.user_impact, 'unknown'), judged.judged_user_impact, 'unknown'
    ) as effective_user_impact,
    judged.judged_has_user_impact,
    described.rank as microsoft_rank,
    case when fulfilled.is_counted then 'free' else described.required_licence end
        as required_licence,
    described.action_url,
    described.action_type,
    fulfilled.is_counted is true or licences.is_licence_owned as is_licence_owned,
    -- Only where everybody needs a seat: roles are held by few.
    case
        when
            licences.is_licence_owned
            and licences.is_for_all_users
            and fulfilled.is_counted is not true
            then seats.missing_seat_count
    end as missing_seat_count,
    fulfilled.fulfilment as defaults_fulfilment,
    -- A decision stands against what is excepted, whatever else comes of security defaults.
    case
        when fulfilled.is_counted and {{ is_excepted('open_controls.state') }} is not true
            then 'security_defaults'
    end as part_of_action_id
from open_controls
left join described using (tenant_id, control_id)
left join judged using (control_id)
left join {{ ref('identity_secure_score_controls') }} as starred
    on lower(open_controls.control_id) = lower(starred.control_id)
left join {{ ref('dim_tenant') }} as tenants using (tenant_id)
left join {{ ref('int_control_licences_owned') }} as licences
    on
        open_controls.control_id = licences.control_id
        and tenants.licence_tier is not distinct from licences.tenant_tier
left join {{ ref('int_seats_missing') }} as seats
    on
        open_controls.tenant_id = seats.tenant_id
        and licences.required_licence = seats.licence
left join {{ ref('int_security_defaults_controls') }} as fulfilled
    on
        open_controls.tenant_id = fulfilled.tenant_id
        and lower(open_controls.control_id) = fulfilled.folded_control_id
