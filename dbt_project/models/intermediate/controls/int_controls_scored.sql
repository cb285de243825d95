-- depends_on: {{ ref('int_tenants_to_rebuild') }}
-- Every control a tenant was ever scored on, and the profile that describes it: the same id, else
-- the same id but for case.
with

scored as (

    select
        tenant_id,
        control_id,
        min(score_date) as first_score_date,
        max(score_date) as last_score_date
    from {{ ref('int_control_scores') }}
    group by tenant_id, control_id

),

profiles as (

    select distinct
        tenant_id,
        control_id
    from {{ ref('int_control_profile_changes') }}

),

folded as (

    select
        tenant_id,
        lower(control_id) as folded_id,
        min(control_id) as control_id
    from profiles
    group by tenant_id, lower(control_id)

)

select
    scored.tenant_id,
    scored.control_id,
    scored.first_score_date,
    scored.last_score_date,
    coalesce(profiles.control_id, folded.control_id) as profile_id
from scored
left join profiles using (tenant_id, control_id)
left join folded
    on
        scored.tenant_id = folded.tenant_id
        and lower(scored.control_id) = folded.folded_id
