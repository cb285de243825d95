with

as_of as (

    select * from {{ ref('int_as_of_resolved') }}

),

totals as (

    select * from {{ ref('fct_tenant_score_daily') }}
    where scope = 'overall'

),

gaps as (

    select
        tenant_id,
        'missing_days' as finding,
        'secure_scores' as feed,
        '' as subject,
        previous_date + 1 as first_date,
        score_date - 1 as last_date,
        cast(score_date - previous_date - 1 as bigint) as finding_count,
        'No score record exists for these days; nothing is filled in.' as detail
    from (
        select
            tenant_id,
            score_date,
            lag(score_date) over (partition by tenant_id order by score_date) as previous_date
        from totals
    )
    where score_date > previous_date + 1

),

feed_days as (

    select
        tenant_id,
        feed,
        max(extract_date) filter (where outcome in ('ok', 'empty')) as last_good_date,
        max(extract_date) filter (where outcome <> 'not_for_this_date') as last_asked_date,
        arg_max(outcome, (extract_date, run_id)) filter (where outcome <> 'not_for_this_date')
            as last_outcome,
        arg_max(coalesce(note, ''), (extract_date, run_id))
            filter (where outcome <> 'not_for_this_date') as last_note
    from {{ ref('fct_collection') }}
    group by tenant_id, feed

),

stale_feeds as (

    select
        feed_days.tenant_id,
        case when feed_days.last_good_date is null then 'feed_never_read' else 'stale_feed' end
            as finding,
        feed_days.feed,
        '' as subject,
        coalesce(feed_days.last_good_date + 1, feed_days.last_asked_date) as first_date,
        as_of.as_of_date as last_date,
        cast(date_diff('day', feed_days.last_good_date, as_of.as_of_date) as bigint)
            as finding_count,
        feed_days.last_outcome || coalesce(': ' || nullif(feed_days.last_note, ''), '') as detail
    from feed_days
    cross join as_of
    where
        feed_days.last_asked_date is not null
        and coalesce(feed_days.last_good_date, date '1900-01-01') < as_of.as_of_date

),

sums as (

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

),

unclear_exceptions as (

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

),

copies as (

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

),

quarantined as (

    select
        tenant_id,
        case when breaks_feed then 'quarantined_rows' else 'duplicate_control' end as finding,
        feed,
        reason as subject,
        min(extract_date) as first_date,
        max(extract_date) as last_date,
        count(*) as finding_count,
        'For example ' || coalesce(min(row_key), 'a row without a key') || '.' as detail
    from {{ ref('int_rows_quarantined') }}
    group by tenant_id, breaks_feed, feed, reason

),

unknown_members as (

    select
        tenant_id,
        'unknown_members' as finding,
        feed,
        unknown_fields as subject,
        min(extract_date) as first_date,
        max(extract_date) as last_date,
        count(*) as finding_count,
        'Members that the schema does not know; kept in the lake, column extra.' as detail
    from {{ ref('fct_collection') }}
    where unknown_fields <> ''
    group by tenant_id, feed, unknown_fields

),

orphans as (

    select
        tenant_id,
        match_status || '_controls' as finding,
        'secure_score_control_profiles' as feed,
        '' as subject,
        min(valid_from) as first_date,
        any_value(as_of.as_of_date) as last_date,
        count(*) as finding_count,
        case match_status
            when 'score_only' then 'Scored controls that no profile describes: '
            else 'Profiles of controls that this tenant is not scored on: '
        end || left(string_agg(control_id, ', ' order by control_id), 200) as detail
    from {{ ref('dim_control') }}
    cross join as_of
    where
        is_current
        and match_status <> 'matched'
    group by tenant_id, match_status

),

findings as (

    select * from gaps
    union all
    select * from stale_feeds
    union all
    select * from sums
    union all
    select * from unclear_exceptions
    union all
    select * from copies
    union all
    select * from quarantined
    union all
    select * from unknown_members
    union all
    select * from orphans

)

select
    findings.tenant_id,
    tenants.tenant_name,
    findings.finding,
    findings.feed,
    findings.subject,
    cast(findings.first_date as date) as first_date,
    cast(findings.last_date as date) as last_date,
    case
        when findings.finding in ('unknown_members', 'profile_only_controls', 'score_only_controls')
            then 'note'
        else 'warning'
    end as severity,
    cast(findings.finding_count as bigint) as finding_count,
    findings.detail
from findings
left join {{ ref('dim_tenant') }} as tenants
    on findings.tenant_id = tenants.tenant_id
