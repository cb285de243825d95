-- Long: a series read again each day is compared with what is kept of it.
-- The days of Entra's own identity score whose facts this build replaces, with what they become.
-- The series of about 90 days is read again each day; a day counts with the newest complete
-- capture, and as changed only where the numbers are others than the ones kept. What is kept is
-- the first capture of the numbers that stand, so that reading them again alters nothing.
with

captured as (

    select
        scores.tenant_id,
        scores.score_date,
        scores.score_points,
        scores.max_points,
        scores.collected_at,
        scores.run_id,
        row_number() over (
            partition by scores.run_id, scores.tenant_id, scores.score_date
            order by scores.created_at desc, scores.record_index asc
        ) as copy_number
    from {{ ref('stg_graph__recommendation_tenant_scores') }} as scores
    inner join {{ ref('stg_graph__collection_log') }} as collection using (run_id, tenant_id)
    where
        collection.feed = 'recommendation_tenant_scores'
        and collection.outcome in ('ok', 'empty')
        and scores.quarantine_reason is null

),

known as (

    select * from {{ previous_build('intermediate', 'int_entra_scores', {
        'tenant_id': 'varchar',
        'score_date': 'date',
        'score_points': 'double',
        'max_points': 'double',
        'collected_at': 'timestamp',
        'run_id': 'varchar',
    }) }}

),

readings as (

    select
        tenant_id,
        score_date,
        score_points,
        max_points,
        collected_at,
        run_id,
        false as is_known
    from captured
    where copy_number = 1

    union all

    select
        known.*,
        true as is_known
    from known
    semi join captured using (tenant_id, score_date)

),

compared as (

    select
        *,
        lag(row(score_points, max_points)) over (
            partition by tenant_id, score_date
            order by collected_at asc, run_id asc, is_known desc
        ) as previous_values
    from readings

),

news as (

    select * from compared
    where row(score_points, max_points) is distinct from previous_values

),

ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, score_date order by collected_at desc, run_id desc
        ) as news_rank
    from news

),

standing as (

    select
        ranked.tenant_id,
        ranked.score_date,
        ranked.score_points,
        ranked.max_points,
        ranked.collected_at,
        ranked.run_id
    from ranked
    where ranked.news_rank = 1

)

select standing.*
from standing
cross join {{ ref('int_build_date') }} as as_of
left join known using (tenant_id, score_date)
where
    known.tenant_id is null
    or standing.score_points <> known.score_points
    or standing.max_points is distinct from known.max_points
    or standing.run_id <> known.run_id
    -- A day that had to wait for its date.
    or standing.score_date > as_of.previous_as_of_date

union all

select known.*
from known
cross join {{ ref('int_build_date') }} as as_of
anti join standing using (tenant_id, score_date)
where known.score_date > as_of.previous_as_of_date
