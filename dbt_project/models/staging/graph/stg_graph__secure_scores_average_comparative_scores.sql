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
    infrastructure_score_max
from {{ source('graph', 'secure_scores_average_comparative_scores') }}
