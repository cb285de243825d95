-- Every day a tenant has a score record or was asked by a run.
with

run_days as (

    select
        tenant_id,
        extract_date as snapshot_date
    from {{ ref('fct_collection') }}
    group by tenant_id, extract_date

),

days as (

    select
        tenant_id,
        score_date as snapshot_date
    from {{ ref('int_score_records_chosen') }}

    union

    select
        tenant_id,
        snapshot_date
    from run_days

)

select
    tenant_id,
    snapshot_date
from days
