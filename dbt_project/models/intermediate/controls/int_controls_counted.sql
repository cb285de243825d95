-- Whether each control of each changed day counts in its record's own sums. One that the record
-- marks does not; ignored ones do or do not, which the reported maximum tells; one that nobody
-- marks does not where leaving it out is the only way that points and maximum both sum.
with

controls as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.control_id,
        scores.score_points,
        scores.is_marked_unscored,
        maxima.max_points,
        coalesce(states.state, '') = 'ignored' as is_ignored
    from {{ ref('int_control_scores') }} as scores
    inner join {{ ref('int_control_maxima_resolved') }} as maxima
        using (tenant_id, score_date, control_id)
    left join {{ ref('int_control_states_resolved') }} as states
        using (tenant_id, score_date, control_id)

),

-- With the ignored controls and without them; a sum with an unknown maximum is none.
sums as (

    select
        tenant_id,
        score_date,
        bool_or(is_ignored) as has_ignored,
        {{ sum_points('score_points') }} as all_score_points,
        {{ sum_points('case when not is_ignored then score_points end') }} as kept_score_points,
        case
            when not bool_or(max_points is null) then {{ sum_points('max_points') }}
        end as all_max_points,
        case
            when not bool_or(max_points is null and not is_ignored)
                then {{ sum_points('case when not is_ignored then max_points end') }}
        end as kept_max_points
    from controls
    where not is_marked_unscored
    group by tenant_id, score_date

),

days as (

    select
        sums.*,
        records.current_score,
        records.max_score,
        coalesce(abs(records.max_score - sums.kept_max_points) <= 1e-6, false)
            as sums_without_ignored,
        coalesce(abs(records.max_score - sums.all_max_points) <= 1e-6, false) as sums_with_ignored
    from sums
    inner join {{ ref('int_score_records_chosen') }} as records using (tenant_id, score_date)

),

ways as (

    {% for kind, condition in [('kept', 'true'), ('all', 'days.has_ignored')] %}
        select
            controls.tenant_id,
            controls.score_date,
            controls.control_id,
            {{ 'true' if kind == 'all' else 'false' }} as counts_ignored
        from controls
        inner join days using (tenant_id, score_date)
        where
            {{ condition }}
            and not (days.sums_without_ignored or days.sums_with_ignored)
            and not controls.is_marked_unscored
            and not controls.is_ignored
            and abs(days.max_score - (days.{{ kind }}_max_points - controls.max_points)) <= 1e-6
            and abs(
                days.current_score - (days.{{ kind }}_score_points - controls.score_points)
            ) <= 0.005 + 1e-9

        {{ "union all" if not loop.last }}
    {% endfor %}

),

only_ways as (

    select
        tenant_id,
        score_date,
        any_value(control_id) as absent_control_id,
        any_value(counts_ignored) as counts_ignored
    from ways
    group by tenant_id, score_date
    having count(*) = 1

)

select
    controls.tenant_id,
    controls.score_date,
    controls.control_id,
    case
        when controls.is_marked_unscored then false
        when not controls.is_ignored
            then coalesce(controls.control_id <> only_ways.absent_control_id, true)
        when days.sums_without_ignored then false
        when days.sums_with_ignored then true
        else only_ways.counts_ignored
    end as counts_in_maximum
from controls
left join days using (tenant_id, score_date)
left join only_ways using (tenant_id, score_date)
