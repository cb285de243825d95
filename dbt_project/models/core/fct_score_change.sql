{{
    config(
        materialized='incremental',
        replace_days='int_score_changes_to_rebuild',
        replace_key=['tenant_id', 'score_date'],
    )
}}

select
    changes.tenant_id,
    changes.score_date,
    changes.scope,
    changes.control_id,
    changes.cause,
    changes.previous_date,
    cast(changes.score_date - changes.previous_date as integer) as days_spanned,
    changes.points_delta,
    changes.max_points_delta,
    changes.ratio_delta,
    case
        when changes.cause in ('scored_set_changed', 'max_unknown', 'unattributed') then null
        else changes.cause in ('control_added', 'control_retired', 'max_changed', 'reclassified')
    end as is_microsoft_change,
    changes.inferred_from_tenant_count is not null as is_inferred,
    changes.inferred_from_tenant_count,
    changes.state_changed_at
from {{ ref('int_score_changes_attributed') }} as changes
inner join {{ ref('int_score_changes_to_rebuild') }} using (tenant_id, score_date, previous_date)
