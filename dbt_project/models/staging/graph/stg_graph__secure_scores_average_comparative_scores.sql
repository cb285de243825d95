{%- set categories = ['apps', 'data', 'device', 'identity', 'infrastructure'] -%}
select
    run_id,
    tenant_id,
    record_index,
    item_index,
    basis,
    average_score,
    apps_score,
    apps_score_max,
    data_score,
    data_score_max,
    device_score,
    device_score_max,
    identity_score,
    identity_score_max,
    infrastructure_score,
    infrastructure_score_max,
    -- A negative number is Graph's word for none.
    case
        when average_score > 100 then 'averageScore above 100'
        {% for category in categories %}
            when
                greatest({{ category }}_score, {{ category }}_score_max) > {{ var('most_points') }}
                or ({{ category }}_score_max > 0 and {{ category }}_score_max < 0.01)
                or (
                    {{ category }}_score_max >= 0
                    and {{ category }}_score > {{ category }}_score_max + 1e-9
                )
                then '{{ category }}Score above {{ category }}ScoreMax, or no number of points'
        {% endfor %}
    end as quarantine_reason
from {{ source('graph', 'secure_scores_average_comparative_scores') }}
