with

config as (

    select * from {{ source('graph', 'tenant_config') }}

),

tags as (

    select
        run_id,
        tenant_id,
        string_agg(tag || '=' || value, ', ' order by tag) as tags
    from {{ source('graph', 'tenant_config_tags') }}
    group by run_id, tenant_id

)

select
    config.run_id,
    config.tenant_id,
    config.extract_date,
    config.name as tenant_name,
    config.segment,
    tags.tags,
    config.part
from config
left join tags using (run_id, tenant_id)
