-- The replaced days whose facts came out different. A tenant computed again from its first day
-- mostly gets the same facts again, and a month without a difference need not be published again.
with

after_build as (

    {{ control_facts_hash(ref('fct_control_score_daily')) }}

)

select
    days.tenant_id,
    days.score_date
from {{ ref('int_score_days_to_rebuild') }} as days
left join {{ ref('int_score_days_before') }} as before_build
    on
        days.tenant_id = before_build.tenant_id
        and days.score_date = before_build.score_date
left join after_build
    on
        days.tenant_id = after_build.tenant_id
        and days.score_date = after_build.score_date
where before_build.content_hash is distinct from after_build.content_hash
