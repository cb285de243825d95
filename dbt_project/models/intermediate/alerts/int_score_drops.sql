-- Days on which a tenant's score fell noticeably against the record before, with what moved it.
with

scores as (

    select
        tenant_id,
        score_date,
        score_ratio,
        lag(score_ratio) over records as previous_ratio,
        lag(score_date) over records as previous_date
    from {{ ref('fct_tenant_score_daily') }}
    where scope = 'overall'
    window records as (partition by tenant_id order by score_date)

),

drops as (

    select * from scores
    where previous_ratio - score_ratio >= {{ var('alert_drop_ratio') }} - 1e-9

),

-- When the score was back where it fell from: what falls after that is another fall.
recoveries as (

    select
        drops.tenant_id,
        drops.score_date,
        min(scores.score_date) as recovered_date
    from drops
    inner join scores
        on
            drops.tenant_id = scores.tenant_id
            and drops.score_date < scores.score_date
            and drops.previous_ratio - 1e-9 <= scores.score_ratio
    group by drops.tenant_id, drops.score_date

),

causes as (

    select
        drops.tenant_id,
        drops.score_date,
        sum(changes.ratio_delta) filter (where changes.is_microsoft_change) as microsoft_ratio,
        string_agg(
            changes.control_id || ' ' || replace(changes.cause, '_', ' ')
            || case when changes.is_inferred then ' (inferred) ' else ' ' end
            || printf('%.2f', changes.points_delta),
            ', ' order by changes.ratio_delta, changes.control_id, changes.cause
        ) filter (where changes.ratio_delta < 0) as causes
    from drops
    inner join {{ ref('fct_score_change') }} as changes
        on
            drops.tenant_id = changes.tenant_id
            and drops.score_date = changes.score_date
            and changes.scope = 'overall'
    group by drops.tenant_id, drops.score_date

)

select
    drops.tenant_id,
    drops.score_date,
    drops.previous_ratio,
    recoveries.recovered_date,
    drops.previous_ratio - drops.score_ratio as drop_ratio,
    coalesce(causes.microsoft_ratio, 0) <= (drops.score_ratio - drops.previous_ratio) / 2
        as is_mostly_microsoft,
    coalesce(left(causes.causes, 300), 'no single control') as causes
from drops
left join recoveries using (tenant_id, score_date)
left join causes using (tenant_id, score_date)
