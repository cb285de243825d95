with

days as (

    select * from {{ ref('fct_tenant_daily') }}

),

current_values as (

    select
        tenant_id,
        arg_max(tenant_name, snapshot_date) as tenant_name,
        arg_max(segment, snapshot_date) as segment,
        arg_max(coalesce(tags, ''), snapshot_date) as tags,
        arg_max(licence_tier, snapshot_date) filter (where licence_tier is not null)
            as licence_tier,
        arg_max(seat_count, snapshot_date) filter (where seat_count is not null) as seat_count,
        {% for column in ['licensed_seat_ratio', 'licence_coverage', 'missing_seat_count'] %}
            arg_max_null({{ column }}, snapshot_date) filter (where licence_coverage is not null)
                as {{ column }},
        {% endfor %}
        min(snapshot_date) as first_seen_date,
        max(snapshot_date) as last_seen_date
    from days
    group by tenant_id

),

configured as (

    select distinct configs.tenant_id
    from {{ ref('int_tenant_configs') }} as configs
    inner join {{ ref('int_runs') }} as runs using (run_id)
    where runs.is_newest

)

select
    current_values.tenant_id,
    current_values.tenant_name,
    current_values.segment,
    nullif(current_values.tags, '') as tags,
    current_values.licence_tier,
    current_values.seat_count,
    current_values.licensed_seat_ratio,
    current_values.licence_coverage,
    current_values.missing_seat_count,
    current_values.first_seen_date,
    current_values.last_seen_date,
    configured.tenant_id is not null as is_active
from current_values
left join configured using (tenant_id)
