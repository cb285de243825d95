-- depends_on: {{ ref('int_role_days_arrived') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='changed_days',
        changed_days='int_role_days_arrived',
        changed_key=['tenant_id', 'capture_date'],
        on_schema_change='append_new_columns',
    )
}}

-- One row per tenant, principal and day on which a feed first named it or what Graph says of it
-- had changed. A day on which Graph could not resolve a principal it knew is no change.
with

ranked as (

    select
        tenant_id,
        principal_id,
        snapshot_date as capture_date,
        {{ principal_attributes() }},
        row_number() over (
            partition by tenant_id, principal_id, snapshot_date
            order by
                case when principal_type = 'unknown' then 1 else 0 end,
                collected_at desc,
                feed desc,
                record_index desc
        ) as value_rank
    from {{ ref('int_role_holdings') }}

),

{% if is_incremental() %}
    first_days as (

        select
            tenant_id,
            min(capture_date) as capture_date
        from {{ ref('int_role_days_arrived') }}
        group by tenant_id

    ),

    history as (

        select
            changes.*,
            row_number() over (
                partition by
                    changes.tenant_id, changes.principal_id, changes.principal_type = 'unknown'
                order by changes.capture_date desc
            ) as change_rank
        from {{ this }} as changes
        inner join first_days
            on
                changes.tenant_id = first_days.tenant_id
                and changes.capture_date < first_days.capture_date

    ),
{% endif %}

sightings as (

    select
        tenant_id,
        principal_id,
        capture_date,
        {{ principal_attributes() }},
        true as is_new
    from ranked
    where value_rank = 1

    {% if is_incremental() %}
        union all

        select
            tenant_id,
            principal_id,
            capture_date,
            {{ principal_attributes() }},
            false as is_new
        from history
        where change_rank = 1
    {% endif %}

),

compared as (

    select
        *,
        row_number() over (
            partition by tenant_id, principal_id order by capture_date
        ) as sighting_number,
        lag(row({{ principal_attributes() }})) over (
            partition by tenant_id, principal_id, principal_type = 'unknown' order by capture_date
        ) as previous_values
    from sightings

)

select
    tenant_id,
    principal_id,
    capture_date,
    {{ principal_attributes() }}
from compared
where
    is_new
    and case
        when principal_type = 'unknown' then sighting_number = 1
        else row({{ principal_attributes() }}) is distinct from previous_values
    end
