{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- How each feed ended on every tenant-day that a run asked for: a complete capture of the day wins
-- over any failure, else the newest word; rows in quarantine turn a complete capture into
-- bad_response. A day's captures and their rows in quarantine alone decide it. `is_partial`: read,
-- but for an optional list of its own facts that was refused.
with

outcomes as (

    select
        collection.tenant_id,
        collection.extract_date as snapshot_date,
        collection.feed,
        collection.run_id,
        collection.outcome,
        collection.feed = 'application_permissions'
        and {{ without_grants('collection.note') }} as is_partial,
        row_number() over (
            partition by collection.tenant_id, collection.extract_date, collection.feed
            order by
                case when collection.outcome in ('ok', 'empty') then 0 else 1 end,
                collection.collected_at desc,
                collection.run_id desc
        ) as outcome_rank
    from {{ ref('fct_collection') }} as collection
    inner join {{ ref('int_snapshot_days_new') }} as days
        on
            collection.tenant_id = days.tenant_id
            and collection.extract_date = days.snapshot_date

),

broken as (

    select distinct
        run_id,
        tenant_id,
        feed
    from {{ ref('int_rows_quarantined') }}
    where breaks_feed

)

select
    outcomes.tenant_id,
    outcomes.snapshot_date,
    outcomes.feed,
    case
        when outcomes.outcome in ('ok', 'empty') and broken.run_id is not null
            then 'bad_response'
        else outcomes.outcome
    end as outcome,
    outcomes.outcome in ('ok', 'empty')
    and broken.run_id is null
    and outcomes.is_partial as is_partial
from outcomes
left join broken using (run_id, tenant_id, feed)
where outcomes.outcome_rank = 1
