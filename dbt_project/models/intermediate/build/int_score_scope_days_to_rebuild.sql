-- The days whose rows of scores by scope this build replaces: those of the record, and those of
-- Entra's own score, which may lie on a day without a record.
select
    tenant_id,
    score_date
from {{ ref('int_score_days_to_rebuild') }}

union

select
    tenant_id,
    score_date
from {{ ref('int_entra_scores_changed') }}
