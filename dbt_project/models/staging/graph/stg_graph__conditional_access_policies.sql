-- The policies of v1.0, and those that it leaves out because they use a condition in preview; of a
-- policy that comes twice the first counts.
with

unioned as (

    {% for version in ['', '_beta'] %}
        select
            run_id,
            tenant_id,
            extract_date,
            record_index,
            {{ 'true' if version else 'false' }} as is_beta,
            id,
            display_name,
            state,
            created_date_time,
            modified_date_time
        from {{ source('graph', 'conditional_access_policies' ~ version) }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

ranked as (

    select
        *,
        row_number() over (
            partition by run_id, tenant_id, id order by is_beta, record_index
        ) as copy_number
    from unioned

)

select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    is_beta,
    id as policy_id,
    display_name as policy_name,
    case lower(state)
        when 'enabled' then 'enabled'
        when 'enabledforreportingbutnotenforced' then 'report_only'
        when 'disabled' then 'disabled'
        else 'unknown'
    end as policy_state,
    cast(created_date_time as timestamp) as created_at,
    cast(modified_date_time as timestamp) as modified_at,
    case
        when id is null or id = '' then 'policy without an id'
    end as quarantine_reason
from ranked
where copy_number = 1
