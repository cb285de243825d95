-- Long: three kinds of scope, each summed or told in its own way, in one list of columns.
{{
    config(
        materialized='incremental',
        replace_days='int_score_scope_days_to_rebuild',
        replace_key=['tenant_id', 'score_date'],
    )
}}

with

controls as (

    select facts.*
    from {{ ref('fct_control_score_daily') }} as facts
    inner join {{ ref('int_score_scope_days_to_rebuild') }} using (tenant_id, score_date)
    where facts.counts_in_maximum is distinct from false

),

records as (

    select records.*
    from {{ ref('int_score_records_chosen') }} as records
    inner join {{ ref('int_score_scope_days_to_rebuild') }} using (tenant_id, score_date)

),

scoped as (

    {{ in_scopes('controls') }}

),

summed as (

    select
        tenant_id,
        score_date,
        scope,
        {{ sum_points('score_points') }} as score_points,
        {{ sum_points('max_points') }} as known_max_points,
        {{ sum_points('case when max_points is not null then score_points end') }}
            as known_score_points,
        count(*) filter (where max_points is null) as unknown_max_count,
        count(*) as control_count
    from scoped
    group by tenant_id, score_date, scope

),

scopes as (

    select
        summed.tenant_id,
        summed.score_date,
        summed.scope,
        summed.score_points,
        case when summed.unknown_max_count = 0 then summed.known_max_points end as max_points,
        summed.known_score_points,
        summed.known_max_points,
        summed.unknown_max_count,
        summed.control_count,
        records.is_backfilled,
        records.collected_at
    from summed
    inner join records using (tenant_id, score_date)
    where summed.scope <> 'overall'

    union all by name

    -- the whole is what Microsoft says it is, not what the controls add up to
    select
        records.tenant_id,
        records.score_date,
        'overall' as scope,
        records.current_score as score_points,
        records.max_score as max_points,
        summed.known_score_points,
        summed.known_max_points,
        coalesce(summed.unknown_max_count, 0) as unknown_max_count,
        coalesce(summed.control_count, 0) as control_count,
        -- adding 0 turns a rounded -0.0 into 0.0, which storage would let spread to its neighbours
        round(records.current_score - coalesce(summed.score_points, 0), 9) + 0.0
            as unattributed_points,
        round(records.max_score - coalesce(summed.known_max_points, 0), 9) + 0.0
            as unattributed_max_points,
        records.is_backfilled,
        records.collected_at
    from records
    left join summed
        on
            records.tenant_id = summed.tenant_id
            and records.score_date = summed.score_date
            and summed.scope = 'overall'

    union all by name

    -- a score of its own kind: Entra tells it as a whole, in its own time, and names no controls
    select
        entra.tenant_id,
        entra.score_date,
        'entra_identity_secure_score' as scope,
        entra.score_points,
        entra.max_points,
        entra.collected_at
    from {{ ref('int_entra_scores') }} as entra
    inner join {{ ref('int_score_scope_days_to_rebuild') }} using (tenant_id, score_date)
    cross join {{ ref('int_build_date') }} as as_of
    where entra.score_date <= as_of.as_of_date

)

select
    tenant_id,
    score_date,
    scope,
    score_points,
    max_points,
    {{ ratio('score_points', 'max_points') }} as score_ratio,
    {{ ratio('known_score_points', 'known_max_points') }} as known_score_ratio,
    unknown_max_count,
    control_count,
    unattributed_points,
    unattributed_max_points,
    is_backfilled,
    collected_at
from scopes
