-- The controls that differ between the two records of a pair in anything that decides a change.
-- Only controls that count in the maximum of a record are in it; their states are those of both
-- days also where they are not, with the newest update before the later day ended that changed one.
{%- set pair_key = "tenant_id, previous_date, score_date" %}
{%- set key = pair_key ~ ", control_id" %}

with

pairs as (

    select distinct {{ pair_key }}
    from {{ ref('int_score_days_paired') }}

),

{% for side, day in [('before', 'previous_date'), ('after', 'score_date')] %}
    controls_{{ side }} as (

        select
            pairs.tenant_id,
            pairs.previous_date,
            pairs.score_date,
            facts.control_id,
            facts.control_category,
            facts.service,
            facts.score_points,
            facts.max_points,
            facts.total_count,
            facts.state
        from {{ ref('fct_control_score_daily') }} as facts
        inner join pairs
            on
                facts.tenant_id = pairs.tenant_id
                and facts.score_date = pairs.{{ day }}
        where facts.counts_in_maximum is distinct from false

    ),
{% endfor %}

compared as (

    select
        {{ key }},
        scored.profile_id,
        before.control_id is not null as is_before,
        after.control_id is not null as is_after,
    {% for column in ['control_category', 'service', 'score_points', 'max_points', 'total_count'] %}
        before.{{ column }} as {{ column }}_before,
        after.{{ column }} as {{ column }}_after{{ "," if not loop.last }}
    {% endfor %}
    from controls_before as before
    full outer join controls_after as after using ({{ key }})
    inner join {{ ref('int_controls_scored') }} as scored using (tenant_id, control_id)
    where
        before.control_id is null
        or after.control_id is null
        or before.score_points <> after.score_points
        or before.max_points is distinct from after.max_points
        or before.control_category is distinct from after.control_category
        or before.service is distinct from after.service
        or before.state is distinct from after.state

),

updates as (

    select
        compared.tenant_id,
        compared.previous_date,
        compared.score_date,
        compared.control_id,
        states.state,
        compared.score_date < states.listed_until as is_listed,
        coalesce(states.updated_at, timestamp '1900-01-01 00:00:00') as made_at,
        states.item_index
    from compared
    inner join {{ ref('int_control_states_dated') }} as states
        on
            compared.tenant_id = states.tenant_id
            and compared.profile_id = states.control_id
            and compared.previous_date < states.listed_until
            and (
                states.updated_at is null
                or states.updated_at < compared.score_date + interval 1 day
            )

),

sequenced as (

    select
        *,
        lag(state, 1, 'default') over (
            partition by {{ key }}, is_listed order by made_at, item_index
        ) as replaced_state
    from updates

),

states as (

    select
        {{ key }},
        arg_max(state, (made_at, item_index))
        filter (where made_at < previous_date + interval 1 day) as state_before,
        arg_max(state, (made_at, item_index)) filter (where is_listed) as state_after,
        max(made_at) filter (where is_listed and state <> replaced_state) as state_changed_at
    from sequenced
    group by {{ key }}

)

select
    compared.*,
    states.state_before,
    states.state_after,
    states.state_changed_at
from compared
left join states using ({{ key }})
