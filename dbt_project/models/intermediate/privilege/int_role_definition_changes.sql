{{
    config(
        materialized='incremental',
        changed_days='int_role_days_arrived',
        changed_key=['tenant_id', 'capture_date'],
    )
}}

{%- set attributes = ['role_template_id', 'role_name', 'is_built_in', 'is_privileged'] %}

-- One row per tenant, role and day on which its definition was first captured or had changed.
with

observed as (

    select
        definitions.tenant_id,
        definitions.role_definition_id,
        definitions.extract_date as capture_date,
    {% for attribute in attributes %}
        any_value(definitions.{{ attribute }}) as {{ attribute }}{{ "," if not loop.last }}
    {% endfor %}
    from {{ ref('stg_graph__role_definitions') }} as definitions
    inner join {{ ref('int_captures_deduplicated') }} as captures
        on
            definitions.run_id = captures.run_id
            and definitions.tenant_id = captures.tenant_id
            and captures.feed = 'role_definitions'
    inner join {{ ref('int_role_days_arrived') }} as days
        on
            captures.tenant_id = days.tenant_id
            and captures.extract_date = days.capture_date
    where definitions.quarantine_reason is null
    group by definitions.tenant_id, definitions.role_definition_id, definitions.extract_date

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
                partition by changes.tenant_id, changes.role_definition_id
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
        *,
        true as is_new
    from observed

    {% if is_incremental() %}
        union all

        select
            tenant_id,
            role_definition_id,
            capture_date,
            {{ attributes | join(", ") }},
            false as is_new
        from history
        where change_rank = 1
    {% endif %}

),

-- Where beta could not be read the last captured word on privilege stands.
completed as (

    select
        tenant_id,
        role_definition_id,
        capture_date,
        is_new,
        role_template_id,
        role_name,
        is_built_in,
        last_value(is_privileged ignore nulls) over (
            partition by tenant_id, role_definition_id order by capture_date
            rows between unbounded preceding and current row
        ) as is_privileged
    from sightings

),

compared as (

    select
        *,
        md5(
            concat_ws(
                chr(31),
                {% for attribute in attributes %}
                    coalesce(cast({{ attribute }} as varchar), chr(30)){{ "," if not loop.last }}
                {% endfor %}
            )
        ) as content_hash
    from completed

),

neighbours as (

    select
        *,
        lag(content_hash) over (
            partition by tenant_id, role_definition_id order by capture_date
        ) as previous_hash
    from compared

)

select
    tenant_id,
    role_definition_id,
    capture_date,
    {{ attributes | join(", ") }}
from neighbours
where
    is_new
    and content_hash is distinct from previous_hash
