-- Long: the worlds of a tenant-day, and where in them each policy holds.
-- All sign-ins of a tenant-day, cell by cell: a kind of client, a place, an application. Only what
-- a policy leaves out by name is told apart; '' is everywhere and everything else. One row per cell
-- and enabled or report-only policy that holds there and that nothing but these three narrows, once
-- at the worst and once at the best (`is_hopeful`): a location that was not read may be a trusted
-- one. The rows without a policy are the cells themselves.
{%- set trusted = "('alltrusted', '00000000-0000-0000-0000-000000000000')" %}

with

policies as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        is_united and (possible_demand <> 'none' or is_block) as is_placed,
        is_all_clients
    from {{ ref('int_policies_evaluated') }}
    where policy_state in ('enabled', 'report_only')

),

named as (

    select
        leaves.tenant_id,
        leaves.snapshot_date,
        leaves.policy_id,
        leaves.aspect,
        leaves.path like '%.exclude%' as is_exclusion,
        leaves.named_id
    from {{ ref('int_policy_properties_labelled') }} as leaves
    inner join policies using (tenant_id, snapshot_date, policy_id)
    where
        leaves.path in (
            'applications.includeApplications', 'applications.excludeApplications',
            'locations.includeLocations', 'locations.excludeLocations', 'clientAppTypes'
        )

),

locations as (

    select
        tenant_id,
        snapshot_date,
        location_id,
        bool_or(is_trusted) is true as is_trusted
    from ({{ captured_rows('stg_graph__named_locations', 'named_locations') }})
    group by tenant_id, snapshot_date, location_id

),

places as (

    select
        names.tenant_id,
        names.snapshot_date,
        names.place,
        hopes.is_hopeful,
        case
            when names.place = '' then false
            when names.place in {{ trusted }} then true
            when feeds.has_locations then coalesce(locations.is_trusted, false)
            else hopes.is_hopeful
        end as is_trusted
    from (
        select distinct
            tenant_id,
            snapshot_date,
            named_id as place
        from named
        where aspect = 'locations' and is_exclusion

        union

        select distinct
            tenant_id,
            snapshot_date,
            '' as place
        from policies
    ) as names
    cross join (values (false), (true)) as hopes (is_hopeful)
    inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
    left join locations
        on
            names.tenant_id = locations.tenant_id
            and names.snapshot_date = locations.snapshot_date
            and names.place = locations.location_id

),

applications as (

    select distinct
        tenant_id,
        snapshot_date,
        named_id as application
    from named
    where aspect = 'applications' and is_exclusion

    union

    select distinct
        tenant_id,
        snapshot_date,
        '' as application
    from policies

),

held_places as (

    select
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id,
        places.is_hopeful,
        places.place,
        any_value(places.is_trusted) as is_trusted
    from policies
    inner join places using (tenant_id, snapshot_date)
    left join named
        on
            policies.tenant_id = named.tenant_id
            and policies.snapshot_date = named.snapshot_date
            and policies.policy_id = named.policy_id
            and named.aspect = 'locations'
    where policies.is_placed
    group by
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id,
        places.is_hopeful,
        places.place
    having
        (
            count(*) filter (where not named.is_exclusion) = 0
            or bool_or(
                named.named_id in ('all', places.place)
                or (named.named_id = 'alltrusted' and places.is_trusted)
            ) filter (where not named.is_exclusion)
        )
        and coalesce(
            bool_and(
                named.named_id not in ('all', places.place)
                and not (named.named_id = 'alltrusted' and places.is_trusted)
            ) filter (where named.is_exclusion),
            true
        )

),

held_applications as (

    select
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id,
        applications.application
    from policies
    inner join applications using (tenant_id, snapshot_date)
    inner join named using (tenant_id, snapshot_date, policy_id)
    where
        policies.is_placed
        and named.aspect = 'applications'
    group by
        policies.tenant_id, policies.snapshot_date, policies.policy_id, applications.application
    having
        coalesce(
            bool_or(named.named_id in ('all', applications.application))
            filter (where not named.is_exclusion),
            false
        )
        and coalesce(
            bool_and(named.named_id <> applications.application)
            filter (where named.is_exclusion),
            true
        )

),

clients as (

    select
        unnest(
            ['browser', 'mobileappsanddesktopclients', 'exchangeactivesync', 'other']
        ) as client

),

held_clients as (

    select
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id,
        clients.client
    from policies
    cross join clients
    where policies.is_all_clients

    union

    select
        named.tenant_id,
        named.snapshot_date,
        named.policy_id,
        named.named_id as client
    from named
    inner join clients on named.named_id = clients.client
    where named.aspect = 'client_apps'

)

select
    held_places.tenant_id,
    held_places.snapshot_date,
    held_places.policy_id,
    held_places.is_hopeful,
    held_clients.client,
    held_clients.client in ('exchangeactivesync', 'other') as is_legacy,
    held_places.place,
    held_places.is_trusted,
    held_applications.application
from held_places
inner join held_applications using (tenant_id, snapshot_date, policy_id)
inner join held_clients using (tenant_id, snapshot_date, policy_id)

union all

select
    places.tenant_id,
    places.snapshot_date,
    cast(null as varchar) as policy_id,
    places.is_hopeful,
    clients.client,
    clients.client in ('exchangeactivesync', 'other') as is_legacy,
    places.place,
    places.is_trusted,
    applications.application
from places
inner join applications using (tenant_id, snapshot_date)
cross join clients
