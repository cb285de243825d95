-- What each control adds to the change between two records, by scope and cause: the rules in their
-- order. A change of 0 is dropped, unless a new state is the news.
{% set key = "tenant_id, previous_date, score_date, control_id" %}
with

inferred as (

    select
        *,
        entry_cause = 'scored_set_changed' and inferred_from_tenant_count is not null
            as is_entry_inferred
    from {{ ref('int_control_changes_scoped') }}

),

changes as (

    select
        {{ key }},
        scope,
        case
            when is_before and is_after then 'reclassified'
            when is_entry_inferred and is_after then 'control_added'
            when is_entry_inferred then 'control_retired'
            else entry_cause
        end as cause,
        case when is_in_scope then score_points_after else -score_points_before end
            as points_delta,
        case when is_in_scope then max_points_after else -max_points_before end
            as max_points_delta,
        entry_cause = 'exception_changed' and not (is_before and is_after) as is_news,
        case
            when state_changed_at >= previous_date + interval 1 day then state_changed_at
        end as state_changed_at,
        case
            when is_entry_inferred and not (is_before and is_after) then inferred_from_tenant_count
        end as inferred_from_tenant_count
    from inferred
    where not is_kept

    union all

    select
        {{ key }},
        scope,
        'max_unknown' as cause,
        moved_points as points_delta,
        nullif(moved_max_points, 0) as max_points_delta,
        false as is_news,
        cast(null as timestamp) as state_changed_at,
        cast(null as integer) as inferred_from_tenant_count
    from {{ ref('int_control_changes_scoped') }}
    where is_kept and is_weighed is distinct from true

    union all

    select
        {{ key }},
        scope,
        'max_changed' as cause,
        reweighted_points as points_delta,
        moved_max_points as max_points_delta,
        false as is_news,
        cast(null as timestamp) as state_changed_at,
        inferred_from_tenant_count
    from {{ ref('int_control_changes_scoped') }}
    where is_kept and is_weighed and moved_max_points <> 0

    union all

    select
        {{ key }},
        scope,
        case
            when has_new_state then 'exception_changed'
            when is_recounted then 'population_changed'
            when moved_points > reweighted_points then 'improved'
            else 'regressed'
        end as cause,
        round(moved_points - reweighted_points, 12) as points_delta,
        0 as max_points_delta,
        has_new_state and has_other_state as is_news,
        state_changed_at,
        cast(null as integer) as inferred_from_tenant_count
    from {{ ref('int_control_changes_scoped') }}
    where is_kept and is_weighed

)

select
    {{ key }},
    scope,
    cause,
    -- adding 0 turns a rounded -0.0 into 0.0
    round(points_delta, 12) + 0.0 as points_delta,
    round(max_points_delta, 12) + 0.0 as max_points_delta,
    case when cause = 'exception_changed' then state_changed_at end as state_changed_at,
    inferred_from_tenant_count
from changes
where
    round(points_delta, 12) <> 0
    or round(max_points_delta, 12) <> 0
    or is_news
