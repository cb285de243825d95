-- Long: reached as a whole, reached in parts, and not known are told apart in one place.
-- Whether all users are asked for MFA, and whether old clients are blocked for all: by the policies
-- for everyone together, less whom they leave out, else by those for groups, which may hold
-- everybody together. No row where nothing does anything of it.
{%- set nothing = "('not_covered', 'excluded', 'open')" %}

with

members as (

    select
        subjects.tenant_id,
        subjects.snapshot_date,
        subjects.requirement,
        subjects.status not in {{ nothing }} as does_something,
        subjects.possible_status not in {{ nothing }} as may_do_something,
        subjects.is_surely_reached,
        subjects.is_possibly_reached,
        -- Guests count where old clients are shut out, and not where MFA is asked for.
        guests.is_surely_reached or subjects.requirement = 'mfa_all_users' as reaches_guests,
        coverages.uncovered_applications
    from {{ ref('int_all_users_subjects_judged') }} as subjects
    inner join {{ ref('int_all_users_subjects_judged') }} as guests
        on
            subjects.tenant_id = guests.tenant_id
            and subjects.snapshot_date = guests.snapshot_date
            and subjects.requirement = guests.requirement
    inner join {{ ref('int_subject_coverages_judged') }} as coverages
        on
            subjects.tenant_id = coverages.tenant_id
            and subjects.snapshot_date = coverages.snapshot_date
            and subjects.subject_kind = coverages.subject_kind
    where
        subjects.subject_kind = 'member'
        and guests.subject_kind = 'guest'
        and not coverages.is_hopeful

),

parts as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        count(*) filter (
            where
            subject_kind = 'group' and is_possibly_reached and coalesce(user_count, 1) > 0
        ) as group_count,
        max(user_count) filter (where subject_kind = 'group' and is_surely_reached)
            as largest_count,
        sum(user_count) filter (where is_possibly_reached) as reached_sum,
        count(*) filter (where is_possibly_reached and user_count is null) as unread_count,
        bool_or(status not in {{ nothing }} and is_anybody) as does_something,
        bool_or(possible_status not in {{ nothing }} and is_anybody) as may_do_something
    from (
        select
            *,
            -- A group without members is nobody; a role may be taken up any time.
            coalesce(user_count, 1) > 0 or subject_kind = 'role' as is_anybody
        from {{ ref('int_all_users_subjects_judged') }}
        where is_included
    ) as included
    group by tenant_id, snapshot_date, requirement

),

-- What does something for all comes first; then what does most, for most.
deciding as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        arg_min(
            policy_id,
            (
                case
                    when
                        subject_kind = 'member' and status in ('narrow', 'conditional', 'partly')
                        then 0
                    else 1
                end,
                list_position(
                    [
                        'covered', 'covered_except', 'blocked', 'conditional', 'narrow', 'partly',
                        'report_only', 'excluded'
                    ],
                    status
                ),
                -coalesce(user_count, 0),
                policy_id
            )
        ) as policy_id
    from {{ ref('int_all_users_subjects_judged') }}
    where
        policy_id is not null
        and (is_included or subject_kind = 'member')
    group by tenant_id, snapshot_date, requirement

),

chosen as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        arg_min(policy_id, place) as policy_id,
        count(*) as policy_count,
        bool_or(is_block) as has_block,
        array_to_string(list(policy_name order by place), ', ') as names
    from {{ ref('int_all_users_policies_chosen') }}
    group by tenant_id, snapshot_date, requirement

),

narrowings as (

    {% for requirement, column in [
        ('mfa_all_users', 'narrowed_by'), ('block_legacy_authentication', 'block_narrowed_by'),
    ] %}
        select
            tenant_id,
            snapshot_date,
            policy_id,
            '{{ requirement }}' as requirement,
            {{ column }} as narrowed_by
        from {{ ref('int_policy_narrowings_described') }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

-- Controls of other vendors that all users are asked for.
custom as (

    select
        matched.tenant_id,
        matched.snapshot_date,
        arg_min(policies.policy_id, policies.policy_id) as policy_id,
        {{ listed(
            "policies.policy_name || ' asks for the custom control ' || policies.custom_controls",
            '; ',
        ) }} as words
    from {{ ref('int_policy_subjects_matched') }} as matched
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    where
        matched.subject_kind = 'member'
        and matched.reach = 'applies'
        and policies.policy_state = 'enabled'
        and policies.possible_demand <> policies.sure_demand
    group by matched.tenant_id, matched.snapshot_date

),

judged as (

    select
        members.*,
        chosen.policy_id as chosen_policy_id,
        chosen.policy_count,
        chosen.has_block,
        chosen.names,
        custom.policy_id as custom_policy_id,
        custom.words as custom_words,
        deciding.policy_id as part_policy_id,
        coalesce(exclusions.sure_count, 0) as sure_count,
        case when exclusions.tenant_id is null then 0 else exclusions.most_count end as most_count,
        parts.largest_count,
        registered.mfa_user_count + registered.guest_mfa_user_count as everyone_count,
        case
            when members.is_surely_reached and not members.reaches_guests then 'all_but_guests'
            when
                members.is_surely_reached
                and coalesce(exclusions.sure_count, 0) > {{ var('most_excluded') }}
                then 'all_but_many'
            when members.is_surely_reached and exclusions.tenant_id is null then 'all'
            when members.is_surely_reached and exclusions.most_count <= {{ var('most_excluded') }}
                then 'all'
            when members.is_surely_reached then 'all_but_uncounted'
            when members.is_possibly_reached then 'open'
            when
                coalesce(parts.group_count, 0) = 0
                and (parts.does_something or members.does_something)
                then 'part'
            when
                coalesce(parts.group_count, 0) = 0
                and (parts.may_do_something or members.may_do_something)
                then 'open_part'
            when coalesce(parts.group_count, 0) = 0 then 'nothing'
            when
                registered.mfa_user_count + registered.guest_mfa_user_count > 0
                and parts.largest_count
                >= registered.mfa_user_count + registered.guest_mfa_user_count
                then 'groups_of_all'
            when
                registered.mfa_user_count > 0
                and parts.unread_count = 0
                and parts.reached_sum < registered.mfa_user_count - {{ var('most_excluded') }}
                then 'part'
            else 'uncounted_groups'
        end as extent
    from members
    left join chosen using (tenant_id, snapshot_date, requirement)
    left join parts using (tenant_id, snapshot_date, requirement)
    left join deciding using (tenant_id, snapshot_date, requirement)
    left join {{ ref('int_all_users_exclusions_counted') }} as exclusions
        using (tenant_id, snapshot_date, requirement)
    left join custom using (tenant_id, snapshot_date)
    left join {{ ref('int_registrations_counted') }} as registered
        using (tenant_id, snapshot_date)

),

decided as (

    select
        *,
        case
            when extent in ('all', 'groups_of_all') then 'implemented'
            when extent in ('all_but_guests', 'all_but_many', 'part') then 'partial'
            when extent <> 'nothing' then 'unknown'
        end as verdict,
        case
            when extent like 'all%' then chosen_policy_id
            when extent = 'open' then custom_policy_id
            else part_policy_id
        end as deciding_policy_id,
        case
            when extent like 'all%' then most_count
            when extent in ('part', 'groups_of_all') then 0
        end as excluded_count
    from judged

),

-- Applications that Microsoft names are said by name.
applications as (

    select
        named.uncovered_applications,
        string_agg(coalesce(words.words, named.application), ', ' order by named.application)
            as application_words
    from (
        select
            uncovered_applications,
            unnest(string_split(uncovered_applications, ', ')) as application
        from (select distinct uncovered_applications from judged) as lists
    ) as named
    left join {{ ref('policy_words') }} as words
        on
            words.kind = 'application'
            and lower(named.application) = words.wire_value
    group by named.uncovered_applications

)

select
    decided.tenant_id,
    decided.snapshot_date,
    decided.requirement,
    decided.deciding_policy_id as policy_id,
    policies.policy_name,
    decided.verdict,
    cast(
        case
            when decided.extent = 'part' and exclusions.policy_id is not null
                then exclusions.excluded_count
            else decided.excluded_count
        end as bigint
    ) as excluded_count,
    case
        when decided.extent = 'all_but_guests' then 'Enabled for all users but guests'
        when decided.extent = 'all_but_uncounted' and decided.most_count is null
            then 'Enabled for all users, but how many it excludes could not be read'
        when decided.extent = 'all_but_uncounted'
            then 'Enabled for all users, but how many of the ' || decided.most_count
                || ' excluded ones another policy reaches could not be counted'
        when decided.extent like 'all%'
            then case
                    when
                        decided.requirement = 'block_legacy_authentication'
                        and not decided.has_block
                        then 'Indirectly, since old clients cannot answer: e'
                    else 'E'
                end
                || 'nabled for all users and applications'
                || coalesce(' but ' || case
                    when decided.requirement = 'mfa_all_users' then applications.application_words
                end, '')
                || case
                    when decided.most_count = 0 or decided.most_count is null then ''
                    when decided.most_count = 1 then ', with 1 user excluded'
                    else ', with ' || decided.most_count || ' users excluded'
                end
                || case
                    when decided.policy_count > 1 then ', by several together: ' || decided.names
                    else ''
                end
        when decided.extent = 'open' and decided.custom_words is not null
            then decided.custom_words || ': whether that is MFA is not known here'
        when decided.extent in ('open', 'open_part')
            then 'Enabled, but for whom or where could not be read'
        when decided.extent = 'groups_of_all' then 'Enabled for a group that holds all users'
        when decided.extent = 'uncounted_groups'
            then 'Enabled for groups: '
                || coalesce('at least ' || decided.largest_count, 'an unknown number')
                || coalesce(' of ' || nullif(decided.everyone_count, 0), '')
                || ' users; whether they hold everybody together could not be counted'
        when policies.policy_state = 'report_only' then 'Report-only: evaluated, but not enforced'
        when policies.is_all_users and narrowings.narrowed_by is not null
            then 'Enabled for all users, but narrowed by ' || narrowings.narrowed_by
        when narrowings.narrowed_by is not null
            then 'Enabled for a part of the users, and narrowed by ' || narrowings.narrowed_by
        when policies.is_all_users then 'Enabled for all users, but not for all that they do'
        else 'Enabled for a part of the users'
    end || '.' as reason
from decided
left join {{ ref('int_policies_evaluated') }} as policies
    on
        decided.tenant_id = policies.tenant_id
        and decided.snapshot_date = policies.snapshot_date
        and decided.deciding_policy_id = policies.policy_id
left join narrowings
    on
        decided.tenant_id = narrowings.tenant_id
        and decided.snapshot_date = narrowings.snapshot_date
        and decided.deciding_policy_id = narrowings.policy_id
        and decided.requirement = narrowings.requirement
left join {{ ref('int_policy_exclusions_counted') }} as exclusions
    on
        decided.tenant_id = exclusions.tenant_id
        and decided.snapshot_date = exclusions.snapshot_date
        and decided.deciding_policy_id = exclusions.policy_id
left join applications using (uncovered_applications)
where decided.verdict is not null
