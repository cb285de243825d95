-- The controls that differ between the two records of a pair in anything that decides a change.
-- Only controls that count in the maximum of a record are in it.
with

pairs as (

    select distinct
        tenant_id,
        previous_date,
        score_date
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
        coalesce(after.tenant_id, before.tenant_id) as tenant_id,
        coalesce(after.previous_date, before.previous_date) as previous_date,
        coalesce(after.score_date, before.score_date) as score_date,
        coalesce(after.control_id, before.control_id) as control_id,
        before.control_id is not null as is_before,
        after.control_id is not null as is_after,
    {% for column in [
        'control_category', 'service', 'score_points', 'max_points', 'total_count', 'state'
    ] %}
        before.{{ column }} as {{ column }}_before,
        after.{{ column }} as {{ column }}_after{{ "," if not loop.last }}
    {% endfor %}
    from controls_before as before
    full outer join controls_after as after
        on
            before.tenant_id = after.tenant_id
            and before.previous_date = after.previous_date
            and before.score_date = after.score_date
            and before.control_id = after.control_id
    where
        before.control_id is null
        or after.control_id is null
        or before.score_points <> after.score_points
        or before.max_points is distinct from after.max_points
        or before.control_category is distinct from after.control_category
        or before.service is distinct from after.service
        or before.state is distinct from after.state

)

select
    compared.*,
    scored.profile_id
from compared
inner join {{ ref('int_controls_scored') }} as scored
    on
        compared.tenant_id = scored.tenant_id
        and compared.control_id = scored.control_id
