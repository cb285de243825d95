-- For every control and licence tier a tenant can have: does the tier cover the control? What no
-- source names a licence for counts as owned, since Microsoft scores only what a tenant may use.
with

tiers as (

    select
        'free' as tenant_tier,
        0 as tier_number
    union all
    select
        'p1' as tenant_tier,
        1 as tier_number
    union all
    select
        'p2' as tenant_tier,
        2 as tier_number
    union all
    select
        cast(null as varchar) as tenant_tier,
        cast(null as integer) as tier_number

),

controls as (

    select distinct control_id
    from {{ ref('int_controls_scored') }}

)

select
    controls.control_id,
    tiers.tenant_tier,
    licences.required_licence,
    coalesce(licences.is_for_all_users, false) as is_for_all_users,
    case
        when licences.required_licence is null or licences.required_licence = 'free' then true
        when licences.required_licence = 'p1' then tiers.tier_number >= 1
        when licences.required_licence = 'p2' then tiers.tier_number >= 2
    end as is_licence_owned
from controls
cross join tiers
left join {{ ref('control_licences') }} as licences
    on lower(controls.control_id) = lower(licences.control_id)
