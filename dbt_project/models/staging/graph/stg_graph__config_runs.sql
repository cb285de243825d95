select
    run_id,
    extract_date
from {{ source('graph', 'config_runs') }}
