{{ config(tags=['portfolio']) }}
-- What one tenant cannot tell of its score, the portfolio can: the same befell a control in at
-- least three tenants, and in half of those that were scored on its service then, within the three
-- days after one of them. Each shard is given what concerns its tenants.
with

observed as (

    select * from {{ ref('int_set_changes_observed') }}
    where service is not null

),

{% set event = "control_id, kind, service" %}
windows as (

    select distinct
        {{ event }},
        score_date as first_date
    from observed

),

moved as (

    select distinct
        {{ event }},
        windows.first_date,
        observed.tenant_id
    from windows
    inner join observed using ({{ event }})
    where observed.score_date between windows.first_date and windows.first_date + 3
    qualify
        count(distinct observed.tenant_id) over (partition by {{ event }}, windows.first_date) >= 3

),

-- Only these days of the fact are of interest.
services as (

    select distinct
        service,
        first_date
    from moved

),

scored as (

    select distinct
        services.service,
        services.first_date,
        scores.tenant_id
    from services
    inner join {{ ref('fct_tenant_score_daily') }} as scores
        on
            scores.scope = 'service:' || services.service
            and scores.score_date between services.first_date and services.first_date + 3

),

scored_counts as (

    select
        service,
        first_date,
        count(*) as tenant_count
    from scored
    group by service, first_date

),

-- Whose only control of the service left is scored on it no more.
counted as (

    select
        {{ event }},
        first_date,
        count(*) as tenant_count,
        count(*) filter (where scored.tenant_id is null) as unscored_count
    from moved
    left join scored using (service, first_date, tenant_id)
    group by {{ event }}, first_date

),

agreed as (

    select counted.*
    from counted
    left join scored_counts using (service, first_date)
    where
        counted.tenant_count * 2
        >= coalesce(scored_counts.tenant_count, 0) + counted.unscored_count

)

select
    observed.tenant_id,
    observed.score_date,
    observed.control_id,
    observed.kind,
    cast(max(agreed.tenant_count) as integer) as tenant_count
from observed
inner join agreed using ({{ event }})
where
    observed.is_unexplained
    and observed.score_date between agreed.first_date and agreed.first_date + 3
group by observed.tenant_id, observed.score_date, observed.control_id, observed.kind
