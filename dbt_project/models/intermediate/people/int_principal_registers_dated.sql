-- What the register said of principals on each replaced day: by the newest run up to it that had
-- the tenant configured.
with

deciding as (

    select
        days.tenant_id,
        days.snapshot_date,
        arg_max(configs.run_id, (configs.extract_date, configs.run_id)) as run_id
    from {{ ref('int_snapshot_days_new') }} as days
    inner join {{ ref('int_tenant_configs') }} as configs
        on
            days.tenant_id = configs.tenant_id
            and days.snapshot_date >= configs.extract_date
    group by days.tenant_id, days.snapshot_date

)

select
    deciding.tenant_id,
    deciding.snapshot_date,
    registers.principal,
    registers.group_id,
    registers.declared_role
from deciding
inner join {{ ref('int_principal_registers') }} as registers using (tenant_id, run_id)
