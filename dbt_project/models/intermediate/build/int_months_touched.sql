{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['month'],
        schema='ops',
        alias='touched_months',
    )
}}

-- The version of every month of the large facts: it rises when a build changes a day of the
-- month, so that publishing rewrites only those months.
with

score_days as (

    select
        tenant_id,
        score_date
    from {{ ref('int_score_days_altered') }}

    union

    select
        tenant_id,
        score_date
    from {{ ref('int_score_days_new') }}

),

entra_starts as (

    select
        tenant_id,
        min(score_date) as from_date
    from {{ ref('int_entra_scores_changed') }}
    group by tenant_id

),

new_configs as (

    select min(extract_date) as from_date
    from {{ ref('stg_graph__tenant_config') }}

),

days as (

    select score_date as day from score_days

    union

    -- the record after a changed one, and those around a reason, may lie in other months
    select score_date as day
    from {{ ref('int_score_changes_altered') }}

    union

    select score_date as day from {{ ref('int_entra_scores_changed') }}

    union

    -- posture shows Entra's newest score at or before each day
    select days.snapshot_date as day
    from {{ ref('int_tenant_days_to_rebuild') }} as days
    inner join entra_starts
        on
            days.tenant_id = entra_starts.tenant_id
            and days.snapshot_date >= entra_starts.from_date

    union

    -- posture also looks back at a score of an earlier month
    select posture.snapshot_date as day
    from {{ ref('fct_identity_posture_daily') }} as posture
    inner join score_days
        on
            posture.tenant_id = score_days.tenant_id
            and posture.score_date = score_days.score_date

    union

    select days.snapshot_date as day
    from {{ ref('int_tenant_days_to_rebuild') }} as days
    inner join new_configs
        on days.snapshot_date >= new_configs.from_date

    union

    select snapshot_date as day
    from {{ ref('int_tenant_days_to_rebuild') }}
    where is_whole_tenant

    union

    select extract_date as day from {{ ref('int_captures_new') }}

),

months as (

    select distinct strftime(day, '%Y-%m') as month
    from days

)

select
    months.month,
    coalesce(versions.version, 0) + 1 as version
from months
left join {{ prior('ops', 'touched_months', {'month': 'varchar', 'version': 'bigint'}) }}
    as versions
    on months.month = versions.month
