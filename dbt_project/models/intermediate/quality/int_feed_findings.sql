-- Long: every kind of finding is one part of a union, and each names all columns.
{{ config(materialized='view') }}

-- What could make a feed doubtful: not read to the newest run or on days before, not read for
-- everyone, rows in quarantine, members nobody knows.
with

feed_days as (

    select
        tenant_id,
        feed,
        max(extract_date) filter (where outcome in ('ok', 'empty')) as last_good_date,
        max(extract_date) filter (where outcome <> 'not_for_this_date') as last_asked_date,
        arg_max(outcome, (extract_date, run_id)) filter (where outcome <> 'not_for_this_date')
            as last_outcome,
        arg_max(coalesce(note, ''), (extract_date, run_id))
        filter (where outcome <> 'not_for_this_date') as last_note
    from {{ ref('fct_collection') }}
    group by tenant_id, feed

),

stale_feeds as (

    select
        feed_days.tenant_id,
        case when feed_days.last_good_date is null then 'feed_never_read' else 'stale_feed' end
            as finding,
        feed_days.feed,
        '' as subject,
        coalesce(feed_days.last_good_date + 1, feed_days.last_asked_date) as first_date,
        as_of.as_of_date as last_date,
        cast(date_diff('day', feed_days.last_good_date, as_of.as_of_date) as bigint)
            as finding_count,
        feed_days.last_outcome || coalesce(': ' || nullif(feed_days.last_note, ''), '') as detail
    from feed_days
    inner join {{ ref('dim_tenant') }} as tenants using (tenant_id)
    cross join {{ ref('int_build_date') }} as as_of
    where
        tenants.is_active
        and feed_days.last_asked_date is not null
        -- What the tenant has no licence for, or its cloud does not offer, is not missing.
        and feed_days.last_outcome not in ('not_licensed', 'not_in_cloud')
        and coalesce(feed_days.last_good_date, date '1900-01-01') < as_of.as_of_date

),

-- Few, so that the whole log is met once more and never sorted.
failures as (

    select distinct
        tenant_id,
        feed,
        extract_date
    from {{ ref('fct_collection') }}
    where
        outcome not in ('ok', 'empty', 'not_licensed', 'not_in_cloud', 'not_for_this_date')

),

-- Days without the feed: no other run of the day read it, and later ones cannot.
failed_days as (

    select
        collection.tenant_id,
        collection.feed,
        collection.extract_date,
        arg_max(collection.outcome, collection.run_id) as outcome
    from {{ ref('fct_collection') }} as collection
    inner join failures using (tenant_id, feed, extract_date)
    group by collection.tenant_id, collection.feed, collection.extract_date
    having not bool_or(collection.outcome in ('ok', 'empty'))

)

select * from stale_feeds

union all

select
    tenant_id,
    case
        when breaks_feed or reason = {{ of_nobody() }} then 'quarantined_rows'
        else 'duplicate_control'
    end as finding,
    feed,
    reason as subject,
    min(extract_date) as first_date,
    max(extract_date) as last_date,
    count(*) as finding_count,
    'For example ' || coalesce(min(row_key), 'a row without a key') || '.' as detail
from {{ ref('int_rows_quarantined') }}
group by tenant_id, breaks_feed, feed, reason

union all

select
    failed_days.tenant_id,
    'failed_days' as finding,
    failed_days.feed,
    failed_days.outcome as subject,
    min(failed_days.extract_date) as first_date,
    max(failed_days.extract_date) as last_date,
    count(*) as finding_count,
    'Days between good ones on which the feed ended as ' || failed_days.outcome || '.' as detail
from failed_days
inner join feed_days
    on
        failed_days.tenant_id = feed_days.tenant_id
        and failed_days.feed = feed_days.feed
        and failed_days.extract_date < feed_days.last_good_date
group by failed_days.tenant_id, failed_days.feed, failed_days.outcome

union all

select
    tenant_id,
    'incomplete_feed' as finding,
    feed,
    '' as subject,
    min(extract_date) as first_date,
    max(extract_date) as last_date,
    count(distinct extract_date) as finding_count,
    'Read, but not for all whom the feeds before it would have named.' as detail
from {{ ref('fct_collection') }}
where
    outcome in ('ok', 'empty')
    and error_code = 'incomplete_upstream'
group by tenant_id, feed

union all

select
    tenant_id,
    'unknown_members' as finding,
    feed,
    unknown_fields as subject,
    min(extract_date) as first_date,
    max(extract_date) as last_date,
    count(*) as finding_count,
    'Members that the schema does not know; kept in the lake, column extra.' as detail
from {{ ref('fct_collection') }}
where unknown_fields <> ''
group by tenant_id, feed, unknown_fields
