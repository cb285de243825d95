-- Long: three questions on one cohort of tenants.
{{ config(tags=['portfolio']) }}
-- As the comparison of tenants does: active ones, each on its newest day where that is fresh.
with

as_of as (

    select * from {{ ref('stg_graph__build_clock') }}

),

newest_days as (

    select
        scores.tenant_id,
        max(scores.score_date) as score_date
    from {{ ref('fct_tenant_score_daily') }} as scores
    inner join {{ ref('dim_tenant') }} as tenants using (tenant_id)
    cross join as_of
    where
        tenants.is_active
        and scores.scope = 'overall'
        and scores.score_date >= as_of.as_of_date - {{ var('comparison_fresh_days') }}
        and scores.score_date <= as_of.as_of_date
    group by scores.tenant_id

),

scored as (

    select
        facts.*,
        tenants.licence_tier,
        {{ is_excepted("coalesce(facts.state, 'default')") }} as is_exception,
        coalesce(fulfilled.is_counted, false) as is_fulfilled_by_defaults
    from {{ ref('fct_control_score_daily') }} as facts
    inner join newest_days using (tenant_id, score_date)
    inner join {{ ref('dim_tenant') }} as tenants using (tenant_id)
    left join {{ ref('int_security_defaults_controls') }} as fulfilled
        on
            facts.tenant_id = fulfilled.tenant_id
            and lower(facts.control_id) = fulfilled.folded_control_id

),

controls as (

    select
        *,
        (
            score_ratio < 1
            and not is_exception
            and counts_in_maximum is distinct from false
        ) as is_missing
    from scored

),

-- Alike in every shard of tenants that is scored on the control.
licences as (

    select distinct
        control_id,
        tenant_tier,
        is_licence_owned
    from {{ ref('int_control_licences_owned') }}

),

-- One title for all: the catalogue read last.
described as (

    select
        control_id,
        arg_max(title, (valid_from, tenant_id)) as title,
        arg_max(required_licence, (valid_from, tenant_id)) as required_licence
    from {{ ref('dim_control') }}
    where is_current
    group by control_id

),

summed as (

    select
        controls.control_id,
        arg_max(controls.control_category, controls.tenant_id) as control_category,
        arg_max(controls.service, controls.tenant_id) as service,
        count(*) as tenant_count,
        count(*) filter (where controls.is_missing) as missing_tenant_count,
        count(*) filter (where controls.score_ratio >= 1) as full_tenant_count,
        count(*) filter (where controls.is_exception) as excepted_tenant_count,
        count(*) filter (where controls.score_ratio is null) as unknown_tenant_count,
        {{ sum_points(
            'case when controls.is_missing then controls.max_points - controls.score_points end'
        ) }} as at_stake_points,
        median(controls.score_ratio) as median_ratio,
        {{ ratio(
            "cast(sum(cast(controls.score_ratio as decimal(38, 12))) as double)",
            "count(controls.score_ratio)"
        ) }} as mean_ratio,
        {{ ratio(
            "cast(count(*) filter (
                where licences.is_licence_owned or controls.is_fulfilled_by_defaults
            ) as double)",
            "count(*) filter (
                where licences.is_licence_owned is not null or controls.is_fulfilled_by_defaults
            )"
        ) }} as licensed_tenant_ratio
    from controls
    left join licences
        on
            controls.control_id = licences.control_id
            and controls.licence_tier is not distinct from licences.tenant_tier
    group by controls.control_id

)

select
    summed.control_id,
    described.title,
    summed.control_category,
    summed.service,
    described.required_licence,
    summed.tenant_count,
    summed.missing_tenant_count,
    summed.full_tenant_count,
    summed.excepted_tenant_count,
    summed.unknown_tenant_count,
    summed.at_stake_points,
    summed.median_ratio,
    summed.mean_ratio,
    summed.licensed_tenant_ratio
from summed
left join described using (control_id)
