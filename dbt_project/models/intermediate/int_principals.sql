-- Current values of everyone a feed has named: those of the newest day on which Graph resolved the
-- principal, so that one deleted later keeps its name.
with

ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, principal_id
            order by
                case when principal_type = 'unknown' then 1 else 0 end,
                capture_date desc
        ) as value_rank
    from {{ ref('int_principal_changes') }}

)

select
    tenant_id,
    principal_id,
    {{ principal_attributes() }}
from ranked
where value_rank = 1
