-- Long: each condition has its own reasons to be unknown.
-- The practice "review role assignments" on each tenant's newest day, condition by condition. A
-- condition that cannot be known leaves the practice unknown unless either answer gives the same.
with

people as (

    select
        facts.*,
        facts.principal_type = 'user' as is_user
    from {{ ref('fct_principal_posture_daily') }} as facts
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    where
        facts.principal_type in ('user', 'partner')
        and facts.privileged_role_count > 0

),

administrators as (

    select
        people.tenant_id,
        people.snapshot_date,
        count(*) filter (where people.is_user and people.standing_privileged_count > 0)
            as standing_user_count,
        bool_or(people.standing_privileged_count is null) as has_unknown_standing,
        count(*) filter (
            where
            people.is_user
            and people.standing_privileged_count > 0
            and (people.is_stale or people.is_guest)
        ) as doubtful_count,
        count(*) filter (where not people.is_user and people.standing_privileged_count > 0)
            as partner_count,
        bool_or(
            people.is_user
            and people.standing_privileged_count > 0
            and coalesce(people.is_stale or people.is_guest, true)
            and not coalesce(people.is_stale, false)
            and not coalesce(people.is_guest, false)
        ) as has_unknown_doubt
    from people
    group by people.tenant_id, people.snapshot_date

),

known as (

    select
        posture.tenant_id,
        posture.snapshot_date,
        tenants.licence_tier,
        -- A group whose members were not read may hide more: what holds so far may yet not hold.
        posture.role_status not in ('ok', 'empty') as is_lower_bound,
        posture.global_administrator_count,
        case
            when posture.standing_count is null or administrators.has_unknown_standing then null
            else coalesce(administrators.standing_user_count, 0)
        end as standing_user_count,
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

),

conditions as (

    select
        *,
        list_transform(
            [
                global_administrator_count <= {{ var('most_global_administrators') }}
                and (
                    global_administrator_count >= {{ var('least_global_administrators') }}
                    or (is_lower_bound and null)
                ),
                standing_user_count <= {{ var('most_standing_privileged') }},
                partner_count = 0 and doubtful_count = 0
            ]
            || case
                when licence_tier = 'p2'
                    then [standing_user_count <= {{ var('most_standing_beside_pim') }}]
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
    || ' Global Administrators, '
    || coalesce(cast(standing_user_count as varchar), 'an unknown number of')
    || ' users with standing privilege, '
    || coalesce(cast(doubtful_count as varchar), 'an unknown number')
    || ' of them stale or guests'
    || case when partner_count > 0 then ', ' || partner_count || ' from other tenants' else '' end
    || ': ' || met_count || ' of ' || condition_count
    || ' conditions hold.' as evidence
from counted
