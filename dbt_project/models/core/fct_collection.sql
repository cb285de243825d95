{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['run_id', 'tenant_id', 'feed'],
    )
}}

select
    run_id,
    tenant_id,
    feed,
    extract_date,
    collected_at,
    outcome,
    cast(http_status as integer) as http_status,
    error_code,
    request_id,
    cast(requests as integer) as requests,
    cast(retries as integer) as retries,
    cast(pages as integer) as pages,
    cast(rows as bigint) as rows,
    cast(bytes as bigint) as bytes,
    started_at,
    finished_at,
    unknown_fields,
    note
from {{ ref('stg_graph__collection_log') }}
where is_arrived
