select as_of_date
from {{ source('graph', 'build_clock') }}
