-- Runs over whatever tenants in order, the newest of each date marked.
select
    run_id,
    extract_date,
    row_number() over (partition by extract_date order by run_id desc) = 1 as is_newest_of_date,
    row_number() over (order by run_id desc) = 1 as is_newest
from {{ ref('stg_graph__config_runs') }}
