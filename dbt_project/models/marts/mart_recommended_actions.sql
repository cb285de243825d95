-- Long: many public columns, and the sentence that says why an action has its rank.
with

rated as (

    select * from {{ ref('int_open_controls_rated') }}

    union all by name

    select * from {{ ref('int_security_defaults_bundled') }}

),

weighed as (

    select
        rated.* exclude (is_exception, open_since_date, is_open_since_first_record),
        rated.is_exception is true as is_exception,
        case
            when rated.is_exception then 'exception'
            when rated.part_of_action_id is not null then 'part'
            when rated.is_licence_owned then 'ranked'
            else 'unlicensed'
        end as action_group,
        (
            {{ effort_weight('rated.effective_cost') }}
            + {{ effort_weight('rated.effective_user_impact') }}
        ) / 2.0 as effort_weight,
        (
            rated.effective_cost <> 'unknown'
            and rated.effective_cost is distinct from rated.implementation_cost
        )
        or (
            rated.effective_user_impact <> 'unknown'
            and rated.effective_user_impact is distinct from rated.user_impact
        ) as is_effort_judged,
        rated.effective_cost = 'low' and rated.effective_user_impact = 'low' as is_quick_win,
        case
            when rated.effective_user_impact in ('moderate', 'high') then true
            when rated.effective_user_impact = 'low'
                then coalesce(rated.judged_has_user_impact, true)
        end as has_user_impact,
        coalesce(aged.open_since_date, rated.open_since_date) as open_since_date,
        coalesce(aged.is_open_since_first_record, rated.is_open_since_first_record)
            as is_open_since_first_record,
        registered.owner,
        registered.ticket,
        registered.review_by_date
    from rated
    left join {{ ref('int_open_controls_aged') }} as aged
        on
            rated.tenant_id = aged.tenant_id
            and rated.control_id = aged.control_id
            and not coalesce(rated.is_exception, false)
    left join {{ ref('int_controls_registered') }} as registered
        on
            rated.tenant_id = registered.tenant_id
            and lower(rated.control_id) = registered.folded_control_id

),

ranked as (

    select
        *,
        cast(date_diff('day', open_since_date, score_date) as integer) as days_open_count,
        action_group in ('ranked', 'unlicensed') as is_ranked,
        row_number() over (
            partition by tenant_id, is_ranked
            order by
                case when is_licence_owned then 0 else 1 end,
                case when missing_seat_count is null then 0 else 1 end,
                gain_points / effort_weight desc,
                gain_points desc,
                microsoft_rank asc nulls last,
                control_id asc
        ) as action_number,
        count(*) over (partition by tenant_id, is_ranked) as action_count
    from weighed

)

select
    tenant_id,
    score_date,
    control_id,
    cast(case when is_ranked then action_number end as integer) as action_rank,
    action_group,
    part_of_action_id,
    title,
    control_category,
    service,
    is_identity_secure_score,
    score_points,
    max_points,
    gain_points,
    gain_ratio,
    counts_in_maximum,
    cast(effort_weight as double) as effort_weight,
    implementation_cost,
    user_impact,
    effective_cost,
    effective_user_impact,
    is_effort_judged,
    has_user_impact,
    is_quick_win,
    required_licence,
    is_licence_owned,
    missing_seat_count,
    state,
    is_exception,
    open_since_date,
    days_open_count,
    is_open_since_first_record,
    owner,
    ticket,
    review_by_date,
    action_type,
    action_url,
    case
        when is_exception
            then
                'Not ranked: marked ' || replace(state, '_', ' ') || '; '
                || printf('%.2f', gain_points) || ' points stay open.'
        when part_of_action_id is not null
            then
                'Not ranked: its ' || printf('%.2f', gain_points)
                || ' points are part of turning on security defaults, which needs no licence'
                || case defaults_fulfilment
                    when 'registration' then ', as people register' else ''
                end
                || '.'
        else
            'Rank ' || action_number || ' of ' || action_count || ': brings '
            || printf('%.2f', gain_points) || ' points'
            || coalesce(' (' || printf('%.1f', 100 * gain_ratio) || ' % of the maximum)', '')
            || ' for '
            || {{ effort_words('effective_cost', 'effective_user_impact', 'has_user_impact') }}
            || case when is_effort_judged or not has_user_impact then ' (judged)' else '' end
            || case
                when bundle_words is not null then '; needs no licence; ' || bundle_words
                when missing_seat_count is not null
                    then '; the licence is owned, but for all users '
                        || {{ seats_needed('missing_seat_count', 'required_licence') }}
                when is_licence_owned then '; the licence is owned'
                when is_licence_owned is null
                    then '; whether the licence is owned could not be read'
                else '; needs a ' || upper(required_licence) || ' licence, which is not owned'
            end
            || case
                when defaults_fulfilment = 'likely'
                    then '; security defaults may bring them too, as seen in one tenant'
                else ''
            end
            || coalesce(
                '; open '
                || {{ duration_words('days_open_count', 'is_open_since_first_record') }},
                ''
            )
            || '.'
    end as reason
from ranked
