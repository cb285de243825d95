-- The newest run alone counts: whoever it does not list sees nothing any more.
select
    granted.user_principal_name,
    granted.tenant_id,
    granted.has_all_tenants
from {{ ref('int_tenant_access_granted') }} as granted
inner join {{ ref('int_runs') }} as runs using (run_id)
where runs.is_newest
