-- The Conditional Access policies of the tenant-days this build replaces; none of a capture that
-- has a row in quarantine.
with

policies as (

    {{ captured_rows('stg_graph__conditional_access_policies', 'conditional_access_policies') }}

)

select
    policies.tenant_id,
    policies.snapshot_date,
    policies.policy_id,
    policies.run_id,
    policies.is_beta,
    policies.record_index,
    policies.policy_name,
    policies.policy_state,
    policies.created_at,
    policies.modified_at,
    policies.collected_at
from policies
inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
where feeds.has_policies
