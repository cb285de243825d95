-- depends_on: {{ ref('int_role_days_arrived') }}
{{
    config(
        materialized='incremental',
        changed_days='int_role_days_arrived',
        changed_key=['tenant_id', 'capture_date'],
    )
}}

{%- set attributes = [
    'principal_type', 'principal_name', 'user_principal_name', 'is_guest', 'is_enabled',
    'is_synced',
] %}

-- One row per tenant, principal and day on which a feed first named it or what Graph says of it
-- had changed. What a day does not tell is no change: the last word stands.
with

sightings as (

    select
        tenant_id,
        principal_id,
        snapshot_date as capture_date,
        {{ principal_attributes() }},
        true as is_new
    from {{ ref('int_principals_observed') }}

    {% if is_incremental() %}
        union all

        select
            changes.tenant_id,
            changes.principal_id,
            changes.capture_date,
            {{ principal_attributes('changes') }},
            false as is_new
        from {{ this }} as changes
        anti join {{ ref('int_role_days_arrived') }} as days
            on
                changes.tenant_id = days.tenant_id
                and changes.capture_date = days.capture_date
    {% endif %}

),

completed as (

    select
        tenant_id,
        principal_id,
        capture_date,
        is_new,
    {%- for attribute in attributes %}
        last_value(
            {{ "nullif(principal_type, 'unknown')" if loop.first else attribute }} ignore nulls
        ) over so_far as {{ attribute }}{{ "," if not loop.last }}
    {%- endfor %}
    from sightings
    window so_far as (
        partition by tenant_id, principal_id order by capture_date
        rows between unbounded preceding and current row
    )

),

compared as (

    select
        *,
        row({{ principal_attributes() }}) as attribute_values,
        lag(row({{ principal_attributes() }})) over by_day as previous_values,
        row_number() over by_day as sighting_number
    from completed
    window by_day as (partition by tenant_id, principal_id order by capture_date)

)

select
    tenant_id,
    principal_id,
    capture_date,
{%- for attribute in attributes %}
    {{ "coalesce(principal_type, 'unknown') as principal_type" if loop.first else attribute }}
    {{- "," if not loop.last }}
{%- endfor %}
from compared
where
    is_new
    and (sighting_number = 1 or attribute_values is distinct from previous_values)
