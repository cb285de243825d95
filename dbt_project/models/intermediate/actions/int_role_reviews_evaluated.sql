-- Long: each condition has its own reasons to be unknown.
-- The practice "review role assignments" on each tenant's newest day, condition by condition. A
-- condition that cannot be known leaves the practice unknown unless either answer gives the same.
with

-- Who only reads security data changes nothing, and is left aside.
assignments as (

    select
        facts.tenant_id,
        facts.snapshot_date,
        facts.principal_id,
        facts.principal_type,
        facts.role_template_id,
        facts.assignment_kind,
        coalesce(roles.is_security_reader, false) as is_reading
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    left join {{ ref('built_in_roles') }} as roles using (role_template_id)
    where facts.is_privileged

),

readers as (

    select
        tenant_id,
        snapshot_date,
        principal_id,
        count(distinct role_template_id) as role_count,
        count(distinct role_template_id) filter (where assignment_kind = 'standing')
            as standing_count
    from assignments
    where is_reading
    group by tenant_id, snapshot_date, principal_id

),

unread_groups as (

    select
        tenant_id,
        snapshot_date,
        bool_and(is_reading) as are_reading
    from assignments
    where principal_type = 'group'
    group by tenant_id, snapshot_date

),

people as (

    select
        facts.*,
        facts.standing_privileged_count > coalesce(readers.standing_count, 0) as is_standing,
        facts.principal_type = 'user' as is_user,
        coalesce(facts.declared_role = 'emergency', false) as is_emergency,
        -- Whether an emergency account is in order decides whether any limit counts it.
        coalesce(facts.declared_role = 'emergency', false)
        and facts.is_expected is null as is_perhaps_spared
    from {{ ref('fct_principal_posture_daily') }} as facts
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    left join readers using (tenant_id, snapshot_date, principal_id)
    where
        facts.principal_type in ('user', 'partner')
        and facts.privileged_role_count > coalesce(readers.role_count, 0)

),

counted_people as (

    select
        *,
        case
            when is_stale or is_guest then true
            when is_stale is not null and is_guest is not null then false
        end as is_doubtful
    from people
    where
        not (is_emergency and coalesce(is_expected, false))
        and (is_user or coalesce(declared_role <> 'partner', true))

),

administrators as (

    select
        tenant_id,
        snapshot_date,
        count(*) filter (where is_user and is_standing and not is_perhaps_spared)
            as standing_user_count,
        count(*) filter (where is_user and is_standing) as most_standing_user_count,
        bool_or(standing_privileged_count is null) as has_unknown_standing,
        count(*) filter (
            where is_user and is_standing and is_doubtful and not is_perhaps_spared
        ) as doubtful_count,
        count(*) filter (where not is_user and is_standing) as partner_count,
        bool_or(
            is_user
            and is_standing
            and (is_doubtful is null or (is_doubtful and is_perhaps_spared))
        ) as has_unknown_doubt
    from counted_people
    group by tenant_id, snapshot_date

),

emergency_accounts as (

    select
        people.tenant_id,
        people.snapshot_date,
        count(distinct people.principal_id) filter (where people.is_expected) as spared_count,
        count(distinct people.principal_id) filter (where people.is_perhaps_spared)
            as perhaps_spared_count
    from people
    inner join {{ ref('fct_role_assignment_daily') }} as assignments
        using (tenant_id, snapshot_date, principal_id)
    where
        people.is_emergency
        and assignments.role_template_id = {{ global_administrator() }}
        and assignments.is_privileged
    group by people.tenant_id, people.snapshot_date

),

known as (

    select
        posture.tenant_id,
        posture.snapshot_date,
        tenants.licence_tier,
        -- A group whose members were not read may hide more: what holds so far may yet not hold.
        posture.role_status not in ('ok', 'empty')
        and not coalesce(unread_groups.are_reading, false) as is_lower_bound,
        coalesce(accounts.spared_count, 0) as spared_count,
        posture.global_administrator_count - coalesce(accounts.spared_count, 0)
            as global_administrator_count,
        posture.global_administrator_count
        - coalesce(accounts.spared_count + accounts.perhaps_spared_count, 0)
            as least_global_administrator_count,
        {% for column in ['standing_user_count', 'most_standing_user_count'] %}
            case
                when posture.standing_count is null or administrators.has_unknown_standing then null
                else coalesce(administrators.{{ column }}, 0)
            end as {{ column }},
        {% endfor %}
        case
            when posture.standing_count is null then null
            when administrators.doubtful_count > 0 then administrators.doubtful_count
            when administrators.has_unknown_doubt then null
            else 0
        end as doubtful_count,
        case when posture.standing_count is not null then coalesce(administrators.partner_count, 0)
        end as partner_count
    from {{ ref('fct_identity_posture_daily') }} as posture
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    inner join {{ ref('fct_tenant_daily') }} as tenants using (tenant_id, snapshot_date)
    left join administrators using (tenant_id, snapshot_date)
    left join emergency_accounts as accounts using (tenant_id, snapshot_date)
    left join unread_groups using (tenant_id, snapshot_date)

),

conditions as (

    select
        *,
        list_transform(
            [
                case
                    when
                        least_global_administrator_count > {{ var('most_global_administrators') }}
                        then false
                    when
                        global_administrator_count < {{ var('least_global_administrators') }}
                        then case when not is_lower_bound then false end
                    when
                        least_global_administrator_count
                        >= {{ var('least_global_administrators') }}
                        and global_administrator_count <= {{ var('most_global_administrators') }}
                        then true
                end,
                {{ at_most_standing('most_standing_privileged') }},
                partner_count = 0 and doubtful_count = 0
            ]
            || case
                when licence_tier = 'p2'
                    then [{{ at_most_standing('most_standing_beside_pim') }}]
                else []
            end,
            answer -> case when answer and is_lower_bound then null else answer end
        ) as answers
    from known

),

counted as (

    select
        *,
        len(answers) as condition_count,
        len(list_filter(answers, answer -> answer)) as met_count,
        len(list_filter(answers, answer -> answer is null)) as unknown_count
    from conditions

)

select
    tenant_id,
    snapshot_date,
    case
        when met_count = condition_count then 'implemented'
        when unknown_count > 0 and met_count + unknown_count = condition_count then 'unknown'
        when met_count * 2 >= condition_count then 'partial'
        when (met_count + unknown_count) * 2 >= condition_count then 'unknown'
        else 'not_implemented'
    end as status,
    standing_user_count,
    coalesce(cast(global_administrator_count as varchar), 'An unknown number of')
    || ' Global Administrators'
    || case
        when spared_count = 1 then ' beside 1 declared emergency account'
        when spared_count > 1 then ' beside ' || spared_count || ' declared emergency accounts'
        else ''
    end
    || ', '
    || coalesce(cast(standing_user_count as varchar), 'an unknown number of')
    || ' users with standing privilege beyond reading, '
    || coalesce(cast(doubtful_count as varchar), 'an unknown number')
    || ' of them stale or guests'
    || case when partner_count > 0 then ', ' || partner_count || ' from other tenants' else '' end
    || ': ' || met_count || ' of ' || condition_count
    || ' conditions hold.' as evidence
from counted
