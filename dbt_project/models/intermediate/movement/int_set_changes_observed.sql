{{
    config(
        materialized='incremental',
        replace_days='int_score_changes_to_rebuild',
        replace_key=['tenant_id', 'score_date'],
    )
}}

-- What of a tenant's changes the portfolio may explain: controls that entered or left the score,
-- and maxima that changed in backfill, by no change of the tenant's own services. Before anything
-- is inferred, so that what is inferred from it decides nothing of it.
with

explained as (

    select
        changes.*,
        case
            when not changes.is_before then 'entered'
            when not changes.is_after then 'left'
            when changes.max_points_before <= 0 or changes.max_points_after <= 0 then null
            when round(changes.max_points_after - changes.max_points_before, 12) > 0
                then 'max_raised'
            when round(changes.max_points_after - changes.max_points_before, 12) < 0
                then 'max_lowered'
        end as kind
    from {{ ref('int_control_changes_explained') }} as changes
    inner join {{ ref('int_score_changes_to_rebuild') }}
        using (tenant_id, score_date, previous_date)

),

backfilled as (

    select
        scores.tenant_id,
        scores.score_date
    from {{ ref('fct_tenant_score_daily') }} as scores
    inner join {{ ref('int_score_changes_to_rebuild') }} using (tenant_id, score_date)
    where
        scores.scope = 'overall'
        and scores.is_backfilled

)

select
    explained.tenant_id,
    explained.score_date,
    explained.control_id,
    explained.kind,
    case when explained.is_after then explained.service_after else explained.service_before end
        as service,
    -- A catalogue that tells in one tenant is evidence for those where none does.
    explained.kind not in ('entered', 'left') or explained.entry_cause = 'scored_set_changed'
        as is_unexplained
from explained
left join backfilled using (tenant_id, score_date)
where
    (
        explained.kind in ('entered', 'left')
        and explained.entry_cause in ('scored_set_changed', 'control_added', 'control_retired')
    )
    or (
        explained.kind in ('max_raised', 'max_lowered')
        and not explained.has_new_offering
        and backfilled.tenant_id is not null
    )
