-- The records whose changes this build replaces, each with the tenant's record before it: those
-- whose facts are built again (all that follow too, so also the one after a changed record), and
-- those within a week of a reason that became known; and those of which the portfolio now says
-- something else, also where a ratio is told apart over the records between.
with

inferred as (

    select
        tenant_id,
        score_date
    from {{ ref('int_inferred_changes_dated') }}
    where is_news

),

to_rebuild as (

    select
        tenant_id,
        score_date
    from {{ ref('int_score_days_to_rebuild') }}

    union

    select
        records.tenant_id,
        records.score_date
    from {{ ref('int_score_records_chosen') }} as records
    inner join {{ ref('int_scored_set_events_dated') }} as reasons
        on
            records.tenant_id = reasons.tenant_id
            and records.score_date between reasons.changed_date - 7 and reasons.changed_date + 7
    where reasons.is_news

    union

    select * from inferred

    union

    select
        gaps.tenant_id,
        gaps.score_date
    from {{ previous_build('intermediate', 'int_score_changes_across_gaps', {
        'tenant_id': 'varchar',
        'score_date': 'date',
        'previous_date': 'date',
    }) }} as gaps
    inner join inferred
        on
            gaps.tenant_id = inferred.tenant_id
            and gaps.previous_date < inferred.score_date
            and gaps.score_date > inferred.score_date

),

-- One small row a tenant-day; the facts themselves are compared by a join.
records as (

    select
        tenant_id,
        score_date,
        lag(score_date) over (partition by tenant_id order by score_date) as previous_date
    from {{ ref('int_score_records_chosen') }}

)

select
    to_rebuild.tenant_id,
    to_rebuild.score_date,
    records.previous_date
from to_rebuild
inner join records using (tenant_id, score_date)
