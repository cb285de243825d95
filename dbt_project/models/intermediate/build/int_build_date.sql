-- The newest run date in the lake: records dated after it wait until a run reaches their day.
with

arrived as (

    select max(extract_date) as as_of_date
    from {{ ref('int_captures_new') }}

),

consumed as (

    select max(as_of_date) as as_of_date
    from {{ prior('intermediate', 'int_captures_processed', {'as_of_date': 'date'}) }}

)

select
    greatest(
        coalesce(arrived.as_of_date, consumed.as_of_date),
        coalesce(consumed.as_of_date, arrived.as_of_date)
    ) as as_of_date,
    coalesce(consumed.as_of_date, date '1900-01-01') as previous_as_of_date
from arrived
cross join consumed
