-- What the controls of a day bring and could bring to a tenant of each licence tier, and where
-- security defaults could ever be turned on also with what they fulfil needing no licence.
with

wanted as (

    select distinct
        tenant_id,
        score_date
    from {{ ref('int_newest_scores') }}

),

ways as (

    select distinct
        tenant_id,
        false as are_defaults_offered
    from wanted

    union all

    select distinct
        wanted.tenant_id,
        true as are_defaults_offered
    from wanted
    inner join {{ ref('int_security_defaults_offered') }} using (tenant_id)

),

distinct_ways as (

    select distinct are_defaults_offered from ways

),

licences as (

    select
        licences.control_id,
        licences.tenant_tier,
        ways.are_defaults_offered,
        licences.is_licence_owned
        or (ways.are_defaults_offered and fulfilled.control_id is not null) as is_licence_owned
    from {{ ref('int_control_licences_owned') }} as licences
    cross join distinct_ways as ways
    left join {{ ref('security_defaults_controls') }} as fulfilled
        on
            lower(licences.control_id) = lower(fulfilled.control_id)
            and fulfilled.fulfilment in ('certain', 'registration')

),

-- Kept apart: otherwise every day ever built would be told for every tier first.
controls as materialized (

    select facts.*
    from {{ ref('fct_control_score_daily') }} as facts
    inner join wanted using (tenant_id, score_date)
    where facts.counts_in_maximum is distinct from false

)

select
    controls.tenant_id,
    controls.score_date,
    licences.tenant_tier,
    licences.are_defaults_offered,
    {{ sum_points('case when licences.is_licence_owned then controls.score_points end') }}
        as licensed_points,
    {{ sum_points('case when licences.is_licence_owned then controls.max_points end') }}
        as licensed_max_points,
    {{ sum_points("""case
        when
            licences.is_licence_owned
            and controls.score_ratio < 1
            and not (""" ~ is_excepted("coalesce(controls.state, 'default')") ~ """)
            then controls.max_points - controls.score_points
    end""") }} as open_points,
    {{ sum_points("""case
        when controls.score_ratio < 1 then controls.max_points - controls.score_points
    end""") }} as missing_points,
    -- Whether a control counts is as unknown as its maximum where the licence was not read.
    count(*) filter (
        where licences.is_licence_owned is null
        or (licences.is_licence_owned and controls.max_points is null)
    ) as unknown_count
from controls
inner join licences using (control_id)
inner join ways
    on
        controls.tenant_id = ways.tenant_id
        and licences.are_defaults_offered = ways.are_defaults_offered
group by
    controls.tenant_id, controls.score_date, licences.tenant_tier, licences.are_defaults_offered
