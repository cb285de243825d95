-- Days whose record has a new capture, and days whose record had to wait for its date.
with

new_captures as (

    select distinct run_id
    from {{ ref('int_captures_new') }}

)

select distinct
    records.tenant_id,
    records.score_date
from {{ ref('int_score_records') }} as records
cross join {{ ref('int_build_date') }} as as_of
left join new_captures
    on records.run_id = new_captures.run_id
where
    records.score_date <= as_of.as_of_date
    and (new_captures.run_id is not null or records.score_date > as_of.previous_as_of_date)
