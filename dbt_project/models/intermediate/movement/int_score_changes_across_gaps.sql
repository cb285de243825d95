{{
    config(
        materialized='incremental',
        replace_days='int_score_changes_to_rebuild',
        replace_key=['tenant_id', 'score_date'],
    )
}}

-- What moved a scope's ratio over records that had none: kept like the fact, whose rows of those
-- records have no ratio.
select
    changes.tenant_id,
    changes.score_date,
    changes.scope,
    changes.control_id,
    changes.cause,
    changes.previous_date,
    changes.ratio_delta
from {{ ref('int_score_changes_attributed') }} as changes
inner join {{ ref('int_score_changes_to_rebuild') }} as to_rebuild
    on
        changes.tenant_id = to_rebuild.tenant_id
        and changes.score_date = to_rebuild.score_date
        and changes.previous_date < to_rebuild.previous_date
