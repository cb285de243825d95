-- Long: one row per tenant brings together six others, each of which is a step of its own here.
with

newest_days as (

    select
        tenant_id,
        max(snapshot_date) as snapshot_date
    from {{ ref('fct_identity_posture_daily') }}
    group by tenant_id

),

posture as (

    select posture.*
    from {{ ref('fct_identity_posture_daily') }} as posture
    inner join newest_days using (tenant_id, snapshot_date)

),

peers as (

    select
        benchmarks.tenant_id,
        max(benchmarks.average_ratio) filter (where benchmarks.basis = 'AllTenants')
            as all_tenants_average_ratio,
        max(benchmarks.average_ratio) filter (where benchmarks.basis = 'TotalSeats')
            as total_seats_average_ratio
    from {{ ref('fct_score_benchmark_daily') }} as benchmarks
    inner join posture using (tenant_id, score_date)
    where benchmarks.category = 'overall'
    group by benchmarks.tenant_id

),

actions as (

    select
        tenant_id,
        count(*) as open_action_count,
        count(*) filter (where is_quick_win and is_licence_owned) as quick_win_count,
        {{ sum_points('gain_points') }} as open_points,
        {{ sum_points('case when is_licence_owned then gain_points end') }} as open_licensed_points
    from {{ ref('mart_recommended_actions') }}
    where action_group not in ('exception', 'part')
    group by tenant_id

),

-- The newest word on every feed of a tenant; of the runs of a day one that read it, if any did.
newest_words as (

    select
        tenant_id,
        feed,
        arg_max(outcome, (extract_date, outcome in ('ok', 'empty'), run_id)) as outcome,
        arg_max(collected_at, (extract_date, outcome in ('ok', 'empty'), run_id)) as collected_at
    from {{ ref('fct_collection') }}
    where outcome <> 'not_for_this_date'
    group by tenant_id, feed

),

feeds as (

    select
        tenant_id,
        count(*) filter (
            where outcome not in ('ok', 'empty', 'not_licensed', 'not_in_cloud')
        ) as failed_feed_count,
        max(collected_at) as last_collected_at
    from newest_words
    group by tenant_id

)

select
    tenants.tenant_id,
    tenants.tenant_name,
    tenants.segment,
    tenants.licence_tier,
    tenants.seat_count,
    tenants.is_active,
    as_of.as_of_date,
    posture.snapshot_date,
    posture.score_date,
    cast(date_diff('day', posture.score_date, as_of.as_of_date) as integer) as score_age_days,
    posture.score_points,
    posture.max_points,
    posture.score_ratio,
    case
        when posture.score_ratio is null then 'unknown'
        when posture.score_ratio < {{ var('zone_bad_below') }} then 'bad'
        when posture.score_ratio < {{ var('zone_good_from') }} then 'okay'
        else 'good'
    end as zone,
    {% for days in [7, 30, 90] %}
        round(posture.score_points - before_{{ days }}.score_points, 9) + 0.0
            as change_{{ days }}d_points,
        posture.score_ratio - before_{{ days }}.score_ratio as change_{{ days }}d_ratio,
        cast(date_diff('day', before_{{ days }}.score_date, posture.score_date) as integer)
            as change_{{ days }}d_days_spanned,
    {% endfor %}
    posture.identity_secure_score_ratio,
    posture.current_licence_ratio,
    posture.achievable_ratio,
    peers.all_tenants_average_ratio,
    peers.total_seats_average_ratio,
    posture.score_ratio - peers.all_tenants_average_ratio as gap_to_all_tenants_ratio,
    case when posture.score_date is not null then coalesce(actions.open_action_count, 0) end
        as open_action_count,
    case when posture.score_date is not null then coalesce(actions.quick_win_count, 0) end
        as quick_win_count,
    case when posture.score_date is not null then coalesce(actions.open_points, 0) end
        as open_points,
    case when posture.score_date is not null then coalesce(actions.open_licensed_points, 0) end
        as open_licensed_points,
    posture.privileged_count,
    posture.global_administrator_count,
    posture.score_status,
    posture.role_status,
    feeds.failed_feed_count,
    feeds.last_collected_at,
    coalesce(
        date_diff('day', posture.score_date, as_of.as_of_date) > {{ var('stale_score_days') }},
        true
    ) as is_stale
from {{ ref('dim_tenant') }} as tenants
cross join {{ ref('int_build_date') }} as as_of
left join posture using (tenant_id)
{% for days in [7, 30, 90] %}
    left join {{ ref('int_score_baselines') }} as before_{{ days }}
        on
            tenants.tenant_id = before_{{ days }}.tenant_id
            and before_{{ days }}.span_days = {{ days }}
{% endfor %}
left join peers using (tenant_id)
left join actions using (tenant_id)
left join feeds using (tenant_id)
