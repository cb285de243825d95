-- The pairs of records to take apart: each due record and the one before it, in every scope
-- (`scope` is null); and where a scope has a ratio again after records without one, that record and
-- the last that had one, so that the ratio can be told apart over the records between.
with

due as (

    select * from {{ ref('int_score_changes_due') }}
    where previous_date is not null

),

rated as (

    select
        tenant_id,
        score_date,
        scope
    from {{ ref('fct_tenant_score_daily') }}
    where score_ratio is not null

),

rated_again as (

    select
        rated.tenant_id,
        rated.score_date,
        rated.scope
    from rated
    inner join due
        on
            rated.tenant_id = due.tenant_id
            and rated.score_date = due.score_date
    left join rated as before
        on
            due.tenant_id = before.tenant_id
            and due.previous_date = before.score_date
            and rated.scope = before.scope
    where before.tenant_id is null

)

select
    tenant_id,
    previous_date,
    score_date,
    cast(null as varchar) as scope
from due

union all

select
    rated_again.tenant_id,
    max(rated.score_date) as previous_date,
    rated_again.score_date,
    rated_again.scope
from rated_again
inner join rated
    on
        rated_again.tenant_id = rated.tenant_id
        and rated_again.scope = rated.scope
        and rated_again.score_date > rated.score_date
group by rated_again.tenant_id, rated_again.score_date, rated_again.scope
