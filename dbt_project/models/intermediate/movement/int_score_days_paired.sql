-- The pairs of records to take apart: each record to rebuild and the one before it, in every scope
-- (`scope` is null); and where a scope has a ratio again after records without one, that record and
-- the last that had one, so that the ratio can be told apart over the records between.
with

to_rebuild as (

    select * from {{ ref('int_score_changes_to_rebuild') }}
    where previous_date is not null

),

ends as (

    select
        tenant_id,
        score_date,
        unnest([previous_date, score_date]) as end_date
    from to_rebuild

),

-- Of the two records of a pair only the later one has a ratio.
rated_again as (

    select
        ends.tenant_id,
        ends.score_date,
        rated.scope
    from ends
    inner join {{ ref('fct_tenant_score_daily') }} as rated
        on
            ends.tenant_id = rated.tenant_id
            and ends.end_date = rated.score_date
    where rated.score_ratio is not null
    group by ends.tenant_id, ends.score_date, rated.scope
    having min(rated.score_date) = ends.score_date

)

select
    tenant_id,
    previous_date,
    score_date,
    cast(null as varchar) as scope
from to_rebuild

union all

select
    rated_again.tenant_id,
    max(rated.score_date) as previous_date,
    rated_again.score_date,
    rated_again.scope
from rated_again
inner join {{ ref('fct_tenant_score_daily') }} as rated
    on
        rated_again.tenant_id = rated.tenant_id
        and rated_again.scope = rated.scope
        and rated_again.score_date > rated.score_date
where rated.score_ratio is not null
group by rated_again.tenant_id, rated_again.score_date, rated_again.scope
