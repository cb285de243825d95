-- Each control that differs between two records once for every scope it is or was in, with what it
-- moved there: `is_kept` where the scope had it and still has it.
with

explained as (

    select * from {{ ref('int_control_changes_explained') }}

),

{% set key = "tenant_id, previous_date, score_date, control_id" %}
sides as (

    select
        {{ key }},
        control_category_before as control_category,
        service_before as service,
        true as is_before
    from explained
    where is_before

    union all

    select
        {{ key }},
        control_category_after as control_category,
        service_after as service,
        false as is_before
    from explained
    where is_after

),

scoped as (

    {{ in_scopes('sides') }}

),

memberships as (

    select
        {{ key }},
        scope,
        bool_or(is_before) as was_in_scope,
        bool_or(not is_before) as is_in_scope
    from scoped
    group by {{ key }}, scope

),

measured as (

    select
        explained.*,
        memberships.scope,
        memberships.was_in_scope and memberships.is_in_scope as is_kept,
        memberships.is_in_scope,
        explained.max_points_before > 0 and explained.max_points_after > 0 as is_weighed,
        round(explained.score_points_after - explained.score_points_before, 12) as moved_points,
        round(explained.max_points_after - explained.max_points_before, 12) as moved_max_points,
        coalesce(round(
            {{ ratio('explained.score_points_before', 'explained.max_points_before') }}
            * (explained.max_points_after - explained.max_points_before),
            12
        ), 0) as reweighted_points
    from memberships
    inner join explained using (tenant_id, previous_date, score_date, control_id)

)

select * from measured
