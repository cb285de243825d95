{{
    config(
        materialized='incremental',
        replace_days='int_captures_new',
        replace_key=['tenant_id', 'extract_date'],
    )
}}

select
    collection.run_id,
    collection.tenant_id,
    collection.feed,
    collection.extract_date,
    collection.collected_at,
    collection.outcome,
    cast(collection.http_status as integer) as http_status,
    collection.error_code,
    collection.request_id,
    cast(collection.requests as integer) as requests,
    cast(collection.retries as integer) as retries,
    cast(collection.pages as integer) as pages,
    cast(collection.rows as bigint) as rows,
    cast(collection.bytes as bigint) as bytes,
    collection.started_at,
    collection.finished_at,
    collection.unknown_fields,
    collection.note
from {{ ref('stg_graph__collection_log') }} as collection
semi join {{ ref('int_captures_new') }} as captures
    on
        collection.tenant_id = captures.tenant_id
        and collection.extract_date = captures.extract_date
