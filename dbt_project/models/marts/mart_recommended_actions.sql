with

weighed as (

    select
        *,
        ({{ effort_weight('effective_cost') }} + {{ effort_weight('effective_user_impact') }}) / 2.0
            as effort_weight,
        coalesce(implementation_cost, '') <> effective_cost
        or coalesce(user_impact, '') <> effective_user_impact
        or effective_cost = 'unknown'
        or effective_user_impact = 'unknown' as is_effort_judged,
        effective_cost = 'low' and effective_user_impact = 'low' as is_quick_win
    from {{ ref('int_open_controls_rated') }}

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
                control_id asc
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
