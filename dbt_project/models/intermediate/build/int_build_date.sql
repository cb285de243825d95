-- The newest run date in the lake: records dated after it wait until a run reaches their day.
with

new_captures as (

    select max(extract_date) as as_of_date
    from {{ ref('int_captures_new') }}

),

processed as (

    select max(as_of_date) as as_of_date
    from {{ previous_build('intermediate', 'int_captures_processed', {'as_of_date': 'date'}) }}

)

select
    greatest(
        coalesce(new_captures.as_of_date, processed.as_of_date),
        coalesce(processed.as_of_date, new_captures.as_of_date)
    ) as as_of_date,
    coalesce(processed.as_of_date, date '1900-01-01') as previous_as_of_date
from new_captures
cross join processed
