-- Whom and what each policy of the replaced days is for, and on which conditions, in words.
with

items as (

    select
        *,
        case
            when name is not null then name
            when kind = 'user' then 'user ' || value
            when is_missing then 'a ' || kind || ' that no longer exists (' || value || ')'
            when kind in ('group', 'role', 'location', 'application') then kind || ' ' || value
            when path like '%.rule' then value
            else {{ in_words('value') }}
        end as item
    from {{ ref('int_policy_properties_labelled') }}
    where
        member = 'conditions'
        and aspect <> 'annotation'
        and path not like '%externalTenants%'

),

shown as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        aspect,
        path,
        -- Long lists of people say little; their ids are in the lake.
        count(*) > 3 and bool_and(kind = 'user' and name is null) as is_crowd,
        count(*) as item_count,
        bool_or(is_missing) as has_missing,
        {{ listed('item') }} as items
    from items
    group by tenant_id, snapshot_date, policy_id, aspect, path

),

phrased as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        path like '%.exclude%' as is_exclusion,
        case
            when aspect = 'users' then 'users'
            when
                aspect in (
                    'applications', 'application_filter', 'user_actions',
                    'authentication_contexts'
                )
                then 'applications'
            when aspect = 'unknown' then 'conditions not known here'
            else aspect
        end as topic,
        case
            when is_crowd then item_count || ' named users'
            when path like 'users.%Groups' and item_count > 1 and not has_missing
                then 'members of the groups ' || items
            when path like 'users.%Groups' then 'members of ' || items
            when path like 'users.%Roles' and has_missing then 'holders of ' || items
            when path like 'users.%Roles' and item_count > 1 then 'holders of the roles ' || items
            when path like 'users.%Roles' then 'holders of the role ' || items
            when path like 'users.%GuestsOrExternalUsers.%'
                then 'guests and external users (' || items || ')'
            when aspect = 'user_actions' then 'the user action ' || items
            when aspect = 'authentication_contexts' then 'authentication context ' || items
            when path like '%Filter.mode' and items = 'exclude' then 'all but those of the filter'
            when path like '%Filter.mode' then 'all of the filter'
            when aspect = 'unknown' then path
            else items
        end as phrase
    from shown

),

joined as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        topic,
        {{ listed('phrase', '; ', 'not is_exclusion') }} as included,
        {{ listed('phrase', '; ', 'is_exclusion') }} as excluded
    from phrased
    group by tenant_id, snapshot_date, policy_id, topic

),

said as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        topic,
        coalesce(included, 'any') || coalesce(', except ' || excluded, '') as words
    from joined

)

select
    tenant_id,
    snapshot_date,
    policy_id,
    {{ sentence("max(words) filter (where topic = 'users')") }} as users_in_words,
    {{ sentence("max(words) filter (where topic = 'applications')") }} as applications_in_words,
    {{ sentence(listed(
        "replace(replace(topic, '_', ' '), 'sign in', 'sign-in') || ': ' || words",
        '; ',
        "topic not in ('users', 'applications') "
        "and words not in ('any client', 'any platform', 'any location')",
    )) }} as conditions_in_words
from said
group by tenant_id, snapshot_date, policy_id
