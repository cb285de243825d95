-- What each changed tenant-day can know of people, by the feeds that were read that day.
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
    inner join {{ ref('int_tenant_days_to_rebuild') }} as days
        on
            collection.tenant_id = days.tenant_id
            and collection.extract_date = days.snapshot_date
    where
        collection.feed = 'users'
        and collection.outcome in ('ok', 'empty')
    group by collection.tenant_id, collection.extract_date

),

outcomes as (

    select
        days.tenant_id,
        days.snapshot_date,
    {% for name, feed in {
        'users': 'users',
        'registration': 'user_registration_details',
        'risk': 'risky_users',
    }.items() %}
        coalesce(
            max(outcomes.outcome) filter (where outcomes.feed = '{{ feed }}'), 'not_collected'
        ) as {{ name }}_status{{ "," if not loop.last }}
    {% endfor %}
    from {{ ref('int_tenant_days_to_rebuild') }} as days
    left join {{ ref('int_feed_outcomes') }} as outcomes
        on
            days.tenant_id = outcomes.tenant_id
            and days.snapshot_date = outcomes.snapshot_date
    group by days.tenant_id, days.snapshot_date

)

select
    outcomes.tenant_id,
    outcomes.snapshot_date,
    outcomes.users_status,
    -- People are read without their sign-ins where Graph does not show these: the log says why.
    case
        when outcomes.users_status not in ('ok', 'empty') then outcomes.users_status
        when refusals.error_code = 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'
            then 'not_licensed'
        when refusals.error_code is not null then 'not_permitted'
        else outcomes.users_status
    end as sign_in_status,
    outcomes.registration_status,
    outcomes.risk_status
from outcomes
left join sign_in_refusals as refusals
    on
        outcomes.tenant_id = refusals.tenant_id
        and outcomes.snapshot_date = refusals.snapshot_date
