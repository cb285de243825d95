{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

{%- set feeds = {
    'has_roles': 'role_assignments',
    'has_members': 'group_members',
    'has_active_instances': 'role_assignment_schedule_instances',
    'has_eligible_instances': 'role_eligibility_schedule_instances',
} -%}

-- What each tenant-day that a run asked for can know of privilege and of people, by the feeds that
-- were read that day.
with

sign_in_refusals as (

    select
        collection.tenant_id,
        collection.extract_date as snapshot_date,
        -- Where another feed could not name everyone the code says that; the note says all.
        arg_max_null(
            case
                when
                    collection.error_code <> 'incomplete_upstream'
                    or collection.note like '%without signInActivity%'
                    then collection.error_code
            end,
            (collection.collected_at, collection.run_id)
        ) as error_code
    from {{ ref('fct_collection') }} as collection
    inner join {{ ref('int_snapshot_days_new') }} as days
        on
            collection.tenant_id = days.tenant_id
            and collection.extract_date = days.snapshot_date
    where
        collection.feed = 'users'
        and collection.outcome in ('ok', 'empty')
    group by collection.tenant_id, collection.extract_date

),

readings as (

    select
        outcomes.tenant_id,
        outcomes.snapshot_date,
        {% for name, feed in feeds.items() %}
            bool_or(outcomes.feed = '{{ feed }}' and outcomes.outcome in ('ok', 'empty'))
                as {{ name }},
        {% endfor %}
        bool_or(
            outcomes.outcome = 'not_licensed'
            and outcomes.feed in (
                'role_assignment_schedule_instances', 'role_eligibility_schedule_instances'
            )
        ) as is_pim_refused,
    {% for name, feed in {
        'users': 'users',
        'registration': 'user_registration_details',
        'risk': 'risky_users',
        'activation': 'role_management_policies',
        'per_user_mfa': 'per_user_mfa',
    }.items() %}
        coalesce(
            max(outcomes.outcome) filter (where outcomes.feed = '{{ feed }}'), 'not_collected'
        ) as {{ name }}_status{{ "," if not loop.last }}
    {% endfor %}
    from {{ ref('int_feed_outcomes') }} as outcomes
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    group by outcomes.tenant_id, outcomes.snapshot_date

),

licensed as (

    select
        *,
        -- The licence is one for all of PIM: what one of its feeds was given, the tenant owns.
        is_pim_refused
        and not has_active_instances
        and not has_eligible_instances as is_unlicensed
    from readings

)

select
    licensed.tenant_id,
    licensed.snapshot_date,
    licensed.has_roles,
    licensed.has_members,
    licensed.is_unlicensed,
    -- Where PIM is not licensed every assignment is standing.
    licensed.has_active_instances or (licensed.has_roles and licensed.is_unlicensed)
        as has_standing,
    licensed.has_active_instances as has_activated,
    licensed.has_eligible_instances as has_eligible,
    licensed.users_status,
    -- People are read without their sign-ins where Graph does not show these: the log says why.
    case
        when licensed.users_status not in ('ok', 'empty') then licensed.users_status
        when refusals.error_code = 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'
            then 'not_licensed'
        when refusals.error_code is not null then 'not_permitted'
        else licensed.users_status
    end as sign_in_status,
    licensed.registration_status,
    licensed.risk_status,
    licensed.activation_status,
    licensed.per_user_mfa_status
from licensed
left join sign_in_refusals as refusals using (tenant_id, snapshot_date)
