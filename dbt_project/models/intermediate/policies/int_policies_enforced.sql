-- Since when each policy that is enforced on a tenant's newest day has been: the first day of the
-- unbroken stretch we saw, and where we never saw it otherwise, the day it was last changed.
with

enforced as (

    select
        policies.tenant_id,
        policies.policy_id,
        policies.policy_name,
        coalesce(policies.modified_at, policies.created_at) as changed_at,
        policies.snapshot_date as newest_date
    from {{ ref('fct_policy_daily') }} as policies
    inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
    where policies.policy_state = 'enabled'

),

not_enforced as (

    select
        enforced.tenant_id,
        enforced.policy_id,
        max(policies.snapshot_date) as last_date
    from enforced
    inner join {{ ref('fct_policy_daily') }} as policies
        on
            enforced.tenant_id = policies.tenant_id
            and enforced.policy_id = policies.policy_id
            and enforced.newest_date > policies.snapshot_date
    where policies.policy_state <> 'enabled'
    group by enforced.tenant_id, enforced.policy_id

),

stretches as (

    select
        enforced.*,
        not_enforced.last_date
    from enforced
    left join not_enforced using (tenant_id, policy_id)

)

select
    stretches.tenant_id,
    stretches.policy_id,
    any_value(stretches.policy_name) as policy_name,
    any_value(stretches.changed_at) as changed_at,
    case
        when any_value(stretches.last_date) is null
            then least(min(policies.snapshot_date), any_value(cast(stretches.changed_at as date)))
        else min(policies.snapshot_date)
    end as enforced_since_date
from stretches
inner join {{ ref('fct_policy_daily') }} as policies
    on
        stretches.tenant_id = policies.tenant_id
        and stretches.policy_id = policies.policy_id
        and stretches.newest_date >= policies.snapshot_date
        and coalesce(stretches.last_date, date '1900-01-01') < policies.snapshot_date
group by stretches.tenant_id, stretches.policy_id
