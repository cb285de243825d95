-- Days on which a run asked anything of a tenant, and those of which a run wrote the configuration
-- anew while somebody is declared in it: who is decides what holds of the day.
with

registered as (

    select
        run_id,
        tenant_id,
        extract_date
    from {{ ref('stg_graph__principal_register') }}

    union

    select
        run_id,
        tenant_id,
        extract_date
    from {{ previous_build('intermediate', 'int_principal_registers', {
        'run_id': 'varchar',
        'tenant_id': 'varchar',
        'extract_date': 'date',
    }) }}

)

select
    tenant_id,
    extract_date as snapshot_date
from {{ ref('int_captures_new') }}

union

select
    configs.tenant_id,
    configs.extract_date as snapshot_date
from {{ ref('stg_graph__tenant_config') }} as configs
inner join {{ previous_build('intermediate', 'int_captures_processed', {
    'tenant_id': 'varchar',
    'extract_date': 'date',
}) }} as processed using (tenant_id, extract_date)
inner join registered using (tenant_id, extract_date)
