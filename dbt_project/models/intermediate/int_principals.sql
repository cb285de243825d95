{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['tenant_id', 'principal_id'],
        on_schema_change='append_new_columns',
    )
}}

{%- set attributes = [
    'principal_type', 'principal_name', 'user_principal_name', 'is_guest', 'is_enabled',
    'is_synced',
] %}

-- Current values of everyone a feed has named: the newest day on which Graph resolved the
-- principal, so that one deleted later keeps its name.
with

observed as (

    select
        assignments.tenant_id,
        assignments.principal_id,
        assignments.extract_date as snapshot_date,
        {{ attributes | join(", ") }},
        assignments.record_index
    from {{ ref('stg_graph__role_assignments') }} as assignments
    inner join {{ ref('int_captures_chosen') }} as captures
        on
            assignments.run_id = captures.run_id
            and assignments.tenant_id = captures.tenant_id
            and captures.feed = 'role_assignments'
    where assignments.quarantine_reason is null

),

seen as (

    select distinct
        tenant_id,
        principal_id
    from observed

),

known as (

    select * from observed

    {% if is_incremental() %}
        union all

        select
            known.tenant_id,
            known.principal_id,
            known.snapshot_date,
            {% for attribute in attributes %}
                known.{{ attribute }},
            {% endfor %}
            -1 as record_index
        from {{ this }} as known
        inner join seen
            on
                known.tenant_id = seen.tenant_id
                and known.principal_id = seen.principal_id
    {% endif %}

),

ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, principal_id
            order by
                case when principal_type = 'unknown' then 1 else 0 end,
                snapshot_date desc,
                record_index desc
        ) as value_rank
    from known

)

select
    tenant_id,
    principal_id,
    snapshot_date,
    {{ attributes | join(", ") }}
from ranked
where value_rank = 1
