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
    inner join newest_days
        on
            controls.tenant_id = newest_days.tenant_id
            and controls.score_date = newest_days.score_date
    where controls.score_ratio < 1

),

described as (

    select * from {{ ref('dim_control') }}
    where is_current

),

-- The judged effort with the longest id prefix that fits.
judged as (

    select
        control_id,
        arg_max(judged_cost, length(control_id_prefix)) as judged_cost,
        arg_max(judged_user_impact, length(control_id_prefix)) as judged_user_impact
    from (select distinct control_id from open_controls) as controls
    inner join {{ ref('control_efforts') }} as efforts
        on starts_with(lower(controls.control_id), lower(efforts.control_id_prefix))
    group by control_id

),

rated as (

    select
        open_controls.tenant_id,
        open_controls.score_date,
        open_controls.control_id,
        described.title,
        open_controls.control_category,
        open_controls.service,
        open_controls.score_points,
        open_controls.max_points,
        open_controls.max_points - open_controls.score_points as gain_points,
        {{ ratio(
            'open_controls.max_points - open_controls.score_points',
            'open_controls.tenant_max_points'
        ) }} as gain_ratio,
        open_controls.state,
        open_controls.state not in ('default', 'reviewed') as is_exception,
        described.implementation_cost,
        described.user_impact,
        coalesce(
            nullif(described.implementation_cost, 'unknown'), judged.judged_cost, 'unknown'
        ) as effective_cost,
        coalesce(
            nullif(described.user_impact, 'unknown'), judged.judged_user_impact, 'unknown'
        ) as effective_user_impact,
        described."rank" as microsoft_rank,
        described.required_licence,
        described.action_url,
        described.action_type,
        licences.is_licence_owned
    from open_controls
    left join described
        on
            open_controls.tenant_id = described.tenant_id
            and open_controls.control_id = described.control_id
    left join judged
        on open_controls.control_id = judged.control_id
    left join {{ ref('dim_tenant') }} as tenants
        on open_controls.tenant_id = tenants.tenant_id
    left join {{ ref('int_control_licences_owned') }} as licences
        on
            open_controls.control_id = licences.control_id
            and tenants.licence_tier is not distinct from licences.tenant_tier

),

weighed as (

    select
        *,
        ({{ effort_weight('effective_cost') }} + {{ effort_weight('effective_user_impact') }}) / 2.0
            as effort_weight,
        implementation_cost is distinct from effective_cost
        or user_impact is distinct from effective_user_impact
        or effective_cost = 'unknown'
        or effective_user_impact = 'unknown' as is_effort_judged,
        effective_cost = 'low' and effective_user_impact = 'low' as is_quick_win
    from rated

),

ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, is_exception is true
            order by
                case when is_licence_owned then 0 else 1 end,
                gain_points / effort_weight desc,
                gain_points desc,
                microsoft_rank asc nulls last,
                control_id
        ) as action_number,
        count(*) over (partition by tenant_id, is_exception is true) as action_count
    from weighed

)

select
    tenant_id,
    score_date,
    control_id,
    cast(case when is_exception is not true then action_number end as integer) as action_rank,
    title,
    control_category,
    service,
    score_points,
    max_points,
    gain_points,
    gain_ratio,
    cast(effort_weight as double) as effort_weight,
    implementation_cost,
    user_impact,
    effective_cost,
    effective_user_impact,
    is_effort_judged,
    is_quick_win,
    required_licence,
    is_licence_owned,
    state,
    is_exception is true as is_exception,
    action_type,
    action_url,
    case
        when is_exception
            then
                'Not ranked: marked ' || replace(state, '_', ' ') || '; '
                || printf('%.2f', gain_points) || ' points stay open.'
        else
            'Rank ' || action_number || ' of ' || action_count || ': brings '
            || printf('%.2f', gain_points) || ' points'
            || coalesce(' (' || printf('%.1f', 100 * gain_ratio) || ' % of the maximum)', '')
            || ' for ' || effective_cost || ' cost and ' || effective_user_impact
            || ' user impact'
            || case when is_effort_judged then ' (judged)' else '' end
            || case
                when is_licence_owned then '; the licence is owned.'
                when is_licence_owned is null
                    then '; whether the licence is owned could not be read.'
                else '; needs a ' || upper(required_licence) || ' licence, which is not owned.'
            end
    end as reason
from ranked
