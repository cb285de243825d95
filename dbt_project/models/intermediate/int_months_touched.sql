{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['month'],
        on_schema_change='append_new_columns',
        schema='ops',
        alias='touched_months',
    )
}}

-- The version of every month of the large facts: it rises when a build replaces a day of the
-- month, so that publishing rewrites only those months.
with

days as (

    select score_date as day from {{ ref('int_score_days_changed') }}

    union

    select score_date as day from {{ ref('int_score_days_arrived') }}

    union

    select snapshot_date as day from {{ ref('int_role_days_arrived') }}

    union

    select snapshot_date as day from {{ ref('int_tenant_days_changed') }}

    union

    select extract_date as day from {{ ref('int_captures_arrived') }}

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
