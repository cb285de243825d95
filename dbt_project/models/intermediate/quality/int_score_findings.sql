-- Long: every kind of finding is one part of a union, and each names all columns.
{{ config(materialized='view') }}

-- What could make a tenant's score doubtful: days without a record, totals that the controls do not
-- add up to, exceptions whose effect is unclear, captures that disagree.
with

totals as (

    select * from {{ ref('fct_tenant_score_daily') }}
    where scope = 'overall'

),

numbered as (

    select
        tenant_id,
        score_date,
        lag(score_date) over (partition by tenant_id order by score_date) as previous_date
    from totals

),

contents as (

    select
        tenant_id,
        score_date,
        bit_xor(hash(scope, score_points, max_points, control_count)) as content_hash
    from {{ ref('fct_tenant_score_daily') }}
    group by tenant_id, score_date

),

followed as (

    select
        *,
        lag(content_hash) over (partition by tenant_id order by score_date) as previous_hash
    from contents

),

spells as (

    select
        tenant_id,
        score_date,
        count(*) filter (where content_hash is distinct from previous_hash)
            over (partition by tenant_id order by score_date) as spell_number
    from followed

)

select
    tenant_id,
    'missing_days' as finding,
    'secure_scores' as feed,
    '' as subject,
    previous_date + 1 as first_date,
    score_date - 1 as last_date,
    cast(score_date - previous_date - 1 as bigint) as finding_count,
    'No score record exists for these days; nothing is filled in.' as detail
from numbered
where score_date > previous_date + 1

union all

select
    tenant_id,
    'score_sum_disagrees' as finding,
    'secure_scores' as feed,
    'currentScore' as subject,
    score_date as first_date,
    score_date as last_date,
    cast(1 as bigint) as finding_count,
    'currentScore is ' || printf('%.2f', score_points) || ', the controls add up to '
    || printf('%.2f', score_points - unattributed_points) || '.' as detail
from totals
where abs(unattributed_points) > 0.005

union all

select
    tenant_id,
    'maximum_sum_disagrees' as finding,
    'secure_scores' as feed,
    'maxScore' as subject,
    score_date as first_date,
    score_date as last_date,
    unknown_max_count as finding_count,
    'maxScore is ' || printf('%.2f', max_points) || ', the known maxima add up to '
    || printf('%.2f', max_points - unattributed_max_points)
    || case
        when unknown_max_count > 0 then '; ' || unknown_max_count || ' maxima are unknown.'
        else '.'
    end as detail
from totals
where abs(unattributed_max_points) > 0.005

union all

select
    tenant_id,
    'ignored_control_unclear' as finding,
    'secure_scores' as feed,
    control_id as subject,
    min(score_date) as first_date,
    max(score_date) as last_date,
    count(*) as finding_count,
    'Whether this ignored control counts in the maximum cannot be told: '
    || 'neither sum matches the reported maximum.' as detail
from {{ ref('fct_control_score_daily') }}
where counts_in_maximum is null
group by tenant_id, control_id

union all

select
    tenant_id,
    'frozen_score' as finding,
    'secure_scores' as feed,
    '' as subject,
    min(score_date) as first_date,
    max(score_date) as last_date,
    cast(max(score_date) - min(score_date) as bigint) as finding_count,
    'No number of any scope moved in these days; nothing changed, or the record is frozen.'
        as detail
from spells
group by tenant_id, spell_number
having max(score_date) - min(score_date) > {{ var('frozen_score_days') }}

union all

select
    tenant_id,
    'unknown_maxima' as finding,
    'secure_scores' as feed,
    '' as subject,
    min(score_date) as first_date,
    max(score_date) as last_date,
    count(*) as finding_count,
    'Days on which the maximum of a control is unknown, of at most ' || max(unknown_max_count)
    || ' at once; the scopes they are in have no ratio.' as detail
from totals
where unknown_max_count > 0
group by tenant_id

union all

select
    tenant_id,
    'captures_disagree' as finding,
    'secure_scores' as feed,
    '' as subject,
    score_date as first_date,
    score_date as last_date,
    control_count as finding_count,
    'The record was read several times with other numbers; the newest complete one counts.'
        as detail
from {{ ref('int_score_copies_compared') }}
