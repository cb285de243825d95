-- The newest run date in the lake, of whatever tenant: records dated after it wait until a run
-- reaches their day.
with

processed as (

    select max(as_of_date) as as_of_date
    from {{ previous_build('intermediate', 'int_captures_processed', {'as_of_date': 'date'}) }}

)

select
    clock.as_of_date,
    coalesce(processed.as_of_date, date '1900-01-01') as previous_as_of_date
from {{ ref('stg_graph__build_clock') }} as clock
cross join processed
