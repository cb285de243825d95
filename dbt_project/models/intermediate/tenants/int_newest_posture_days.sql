-- The newest day on which each tenant was asked for roles or policies: what people look at today.
select
    tenant_id,
    max(snapshot_date) as snapshot_date
from {{ ref('fct_identity_posture_daily') }}
where
    role_status <> 'not_collected'
    or policy_status <> 'not_collected'
group by tenant_id
