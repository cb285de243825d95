-- Long: the parts sum exactly only where all are taken from the same rows.
-- The change between the two records of each pair, taken apart so that it sums exactly in every
-- scope. What the reported whole moved beyond its controls is `unattributed`.
with

pairs as (

    select * from {{ ref('int_score_days_paired') }}

),

caused as (

    select * from {{ ref('int_control_changes_classified') }}

),

paired_days as (

    select
        tenant_id,
        score_date
    from pairs

    union

    select
        tenant_id,
        previous_date as score_date
    from pairs

),

-- Used several times, so it is held in memory: no more of the fact than these days.
scores as (

    select
        facts.tenant_id,
        facts.score_date,
        facts.scope,
        facts.score_points,
        facts.max_points
    from {{ ref('fct_tenant_score_daily') }} as facts
    inner join paired_days using (tenant_id, score_date)

),

explained as (

    select
        tenant_id,
        previous_date,
        score_date,
        {{ sum_points('points_delta') }} as points_delta,
        {{ sum_points('max_points_delta') }} as max_points_delta
    from caused
    where scope = 'overall'
    group by tenant_id, previous_date, score_date

),

left_over as (

    select
        pairs.tenant_id,
        pairs.previous_date,
        pairs.score_date,
        after.score_points - before.score_points - coalesce(explained.points_delta, 0)
            as points_delta,
        after.max_points - before.max_points - coalesce(explained.max_points_delta, 0)
            as max_points_delta
    from pairs
    inner join scores as before
        on
            pairs.tenant_id = before.tenant_id
            and pairs.previous_date = before.score_date
            and before.scope = 'overall'
    inner join scores as after
        on
            pairs.tenant_id = after.tenant_id
            and pairs.score_date = after.score_date
            and after.scope = 'overall'
    left join explained
        on
            pairs.tenant_id = explained.tenant_id
            and pairs.previous_date = explained.previous_date
            and pairs.score_date = explained.score_date
    where coalesce(pairs.scope, 'overall') = 'overall'

),

changes as (

    select caused.*
    from caused
    inner join pairs
        on
            caused.tenant_id = pairs.tenant_id
            and caused.previous_date = pairs.previous_date
            and caused.score_date = pairs.score_date
            and caused.scope = coalesce(pairs.scope, caused.scope)

    union all by name

    select
        tenant_id,
        previous_date,
        score_date,
        '(none)' as control_id,
        'overall' as scope,
        'unattributed' as cause,
        round(points_delta, 12) + 0.0 as points_delta,
        round(max_points_delta, 12) + 0.0 as max_points_delta
    from left_over
    where
        abs(points_delta) > 1e-9
        or abs(max_points_delta) > 1e-9

)

select
    changes.tenant_id,
    changes.previous_date,
    changes.score_date,
    changes.scope,
    changes.control_id,
    changes.cause,
    changes.points_delta,
    changes.max_points_delta,
    {{ ratio('changes.points_delta', 'after.max_points') }}
    - {{ ratio('before.score_points', 'before.max_points') }}
    * {{ ratio('coalesce(changes.max_points_delta, 0)', 'after.max_points') }}
    + 0.0 as ratio_delta,
    changes.state_changed_at,
    changes.inferred_from_tenant_count
from changes
left join scores as before
    on
        changes.tenant_id = before.tenant_id
        and changes.previous_date = before.score_date
        and changes.scope = before.scope
left join scores as after
    on
        changes.tenant_id = after.tenant_id
        and changes.score_date = after.score_date
        and changes.scope = after.scope
