-- Long: every kind of finding is one part of a union, and each names all columns.
{%- set members = {
    'userImpact': 'user_impact',
    'implementationCost': 'implementation_cost',
    'controlCategory': 'control_category',
    'tier': 'tier',
} -%}
{{ config(materialized='view') }}

-- What could make a control doubtful: words that no seed knows, profiles found by another spelling,
-- points of controls that the catalogue no longer lists.
with

as_of as (

    select * from {{ ref('int_build_date') }}

),

profiles as (

    select * exclude (change_rank)
    from (
        select
            *,
            row_number() over (
                partition by tenant_id, control_id order by capture_date desc
            ) as change_rank
        from {{ ref('int_control_profile_changes') }}
    )
    where change_rank = 1

),

words as (

    {% for member, column in members.items() %}
        select
            tenant_id,
            '{{ member }}' as member,
            trim({{ column }}) as word,
            control_id,
            capture_date as first_date
        from profiles
        where is_present

        union all

    {% endfor %}
    select
        tenant_id,
        'state' as member,
        state as word,
        control_id,
        valid_from as first_date
    from {{ ref('dim_control') }}
    where is_current

),

known_words as (

    select
        member,
        word
    from {{ ref('known_words') }}

    union all

    select
        unnest(['userImpact', 'implementationCost']) as member,
        wire_value as word
    from {{ ref('effort_levels') }}

),

newest as (

    select
        tenant_id,
        max(last_score_date) as score_date
    from {{ ref('int_controls_scored') }}
    group by tenant_id

)

select
    words.tenant_id,
    'unknown_words' as finding,
    'secure_score_control_profiles' as feed,
    words.member || ': ' || words.word as subject,
    min(words.first_date) as first_date,
    any_value(as_of.as_of_date) as last_date,
    count(*) as finding_count,
    'No seed knows this word, so it counts as unknown'
    || case when words.member = 'state' then ' and as an exception' else '' end || ': '
    || left(string_agg(words.control_id, ', ' order by words.control_id), 200) as detail
from words
cross join as_of
left join known_words
    on
        words.member = known_words.member
        and lower(words.word) = known_words.word
where
    words.word <> ''
    and known_words.word is null
group by words.tenant_id, words.member, words.word

union all

select
    scored.tenant_id,
    'case_only_matches' as finding,
    'secure_score_control_profiles' as feed,
    '' as subject,
    min(scored.first_score_date) as first_date,
    max(scored.last_score_date) as last_date,
    count(*) as finding_count,
    'Scores that spell the id of their profile in another case: '
    || left(string_agg(scored.control_id, ', ' order by scored.control_id), 200) as detail
from {{ ref('int_controls_scored') }} as scored
where scored.profile_id <> scored.control_id
group by scored.tenant_id

union all

select
    scored.tenant_id,
    'vanished_controls' as finding,
    'secure_score_control_profiles' as feed,
    '' as subject,
    min(profiles.capture_date) as first_date,
    max(scored.last_score_date) as last_date,
    count(*) as finding_count,
    'Scored on the newest day, though the catalogue no longer lists them: '
    || left(string_agg(scored.control_id, ', ' order by scored.control_id), 200) as detail
from {{ ref('int_controls_scored') }} as scored
inner join newest
    on
        scored.tenant_id = newest.tenant_id
        and scored.last_score_date = newest.score_date
inner join profiles
    on
        scored.tenant_id = profiles.tenant_id
        and scored.profile_id = profiles.control_id
where not profiles.is_present
group by scored.tenant_id
