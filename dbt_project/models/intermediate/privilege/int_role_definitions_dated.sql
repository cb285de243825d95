-- Role definitions with the days they are valid, from the day of capture to the next change.
select
    tenant_id,
    role_definition_id,
    snapshot_date,
    role_template_id,
    role_name,
    is_built_in,
    is_privileged,
    coalesce(
        lead(snapshot_date) over (
            partition by tenant_id, role_definition_id order by snapshot_date
        ),
        date '9999-12-31'
    ) as valid_until_date
from {{ ref('int_role_definition_changes') }}
