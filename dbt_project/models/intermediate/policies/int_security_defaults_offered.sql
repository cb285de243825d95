{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- The tenant-days on which security defaults could be turned on: both feeds were read, security
-- defaults are off, and no Conditional Access policy is enabled, beside which Entra allows none.
with

read_days as (

    select
        outcomes.tenant_id,
        outcomes.snapshot_date
    from {{ ref('int_feed_outcomes') }} as outcomes
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where
        outcomes.feed in ('conditional_access_policies', 'security_defaults')
        and outcomes.outcome in ('ok', 'empty')
    group by outcomes.tenant_id, outcomes.snapshot_date
    having count(*) = 2

)

select
    policies.tenant_id,
    policies.snapshot_date
from {{ ref('fct_policy_daily') }} as policies
inner join read_days using (tenant_id, snapshot_date)
group by policies.tenant_id, policies.snapshot_date
having
    bool_or(policies.policy_kind = 'security_defaults')
    and not bool_or(policies.policy_state = 'enabled')
