{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

{%- set attributes = ['role_template_id', 'role_name', 'is_built_in', 'is_privileged'] %}

-- One row per tenant, role and day on which its definition was first captured or had changed. Where
-- beta could not be read the last captured word on privilege stands.
with

observed as (

    select
        tenant_id,
        role_definition_id,
        snapshot_date,
    {% for attribute in attributes %}
        any_value({{ attribute }}) as {{ attribute }}{{ "," if not loop.last }}
    {% endfor %}
    from ({{ captured_rows('stg_graph__role_definitions', 'role_definitions') }})
    where quarantine_reason is null
    group by tenant_id, role_definition_id, snapshot_date

),

changes as (

    {{ changed_rows(
        'observed',
        days='int_snapshot_days_new',
        day='snapshot_date',
        key='role_definition_id',
        attributes=attributes,
        carried=['is_privileged'],
    ) }}

)

select * from changes
