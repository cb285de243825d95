-- Since when each policy that is enforced on a tenant's newest day has been: the first day of the
-- unbroken stretch we saw, and where we never saw it otherwise, the day it was last changed.
with

policies as (

    select
        policies.tenant_id,
        policies.policy_id,
        policies.snapshot_date,
        policies.policy_state,
        policies.policy_name,
        coalesce(policies.modified_at, policies.created_at) as changed_at,
        days.snapshot_date as newest_date
    from {{ ref('fct_policy_daily') }} as policies
    inner join {{ ref('int_newest_posture_days') }} as days
        on
            policies.tenant_id = days.tenant_id
            and policies.snapshot_date <= days.snapshot_date

),

stretches as (

    select
        tenant_id,
        policy_id,
        max(snapshot_date) filter (where policy_state <> 'enabled') as last_not_enforced_date,
        max(policy_name) filter (where snapshot_date = newest_date) as policy_name,
        max(changed_at) filter (where snapshot_date = newest_date) as changed_at,
        bool_or(snapshot_date = newest_date and policy_state = 'enabled') as is_enforced
    from policies
    group by tenant_id, policy_id

)

select
    stretches.tenant_id,
    stretches.policy_id,
    any_value(stretches.policy_name) as policy_name,
    any_value(stretches.changed_at) as changed_at,
    case
        when any_value(stretches.last_not_enforced_date) is null
            then least(min(policies.snapshot_date), any_value(cast(stretches.changed_at as date)))
        else min(policies.snapshot_date)
    end as enforced_since_date
from stretches
inner join policies
    on
        stretches.tenant_id = policies.tenant_id
        and stretches.policy_id = policies.policy_id
        and policies.snapshot_date
        > coalesce(stretches.last_not_enforced_date, date '1900-01-01')
where stretches.is_enforced
group by stretches.tenant_id, stretches.policy_id
