-- One row per tenant, feed and day with news: the newest complete capture wins whole. Chosen in
-- the log, which is small, so that no window has to run over the rows of facts.
with

days as (

    select
        tenant_id,
        snapshot_date as extract_date
    from {{ ref('int_snapshot_days_new') }}

),

complete as (

    select
        captures.tenant_id,
        captures.feed,
        captures.extract_date,
        captures.run_id,
        captures.collected_at,
        row_number() over (
            partition by captures.tenant_id, captures.feed, captures.extract_date
            order by captures.collected_at desc, captures.run_id desc
        ) as capture_rank
    from {{ ref('stg_graph__collection_log') }} as captures
    inner join days using (tenant_id, extract_date)
    where captures.outcome in ('ok', 'empty')

)

select
    tenant_id,
    feed,
    extract_date,
    run_id,
    collected_at
from complete
where capture_rank = 1
