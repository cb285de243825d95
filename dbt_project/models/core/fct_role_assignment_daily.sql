{{
    config(
        materialized='incremental',
        incremental_strategy='changed_days',
        changed_days='int_role_days_arrived',
        changed_key=['tenant_id', 'snapshot_date'],
        on_schema_change='append_new_columns',
    )
}}

with

assignments as (

    select
        assignments.*,
        captures.collected_at
    from {{ ref('stg_graph__role_assignments') }} as assignments
    inner join {{ ref('int_captures_chosen') }} as captures
        on
            assignments.run_id = captures.run_id
            and assignments.tenant_id = captures.tenant_id
            and captures.feed = 'role_assignments'
    inner join {{ ref('int_role_days_arrived') }} as days
        on
            captures.tenant_id = days.tenant_id
            and captures.extract_date = days.snapshot_date
    where assignments.quarantine_reason is null

),

described as (

    select
        assignments.tenant_id,
        assignments.extract_date as snapshot_date,
        assignments.principal_id,
        coalesce(definitions.role_template_id, assignments.role_definition_id)
            as role_template_id,
        assignments.directory_scope,
        -- Without PIM's own instances nobody can tell a standing assignment from an activated one.
        'active_unknown' as assignment_kind,
        'direct' as path,
        '' as via_group_id,
        assignments.principal_type,
        assignments.is_guest,
        coalesce(
            definitions.is_privileged,
            built_in.is_privileged,
            case when definitions.is_built_in is false then false end,
            false
        ) as is_privileged,
        assignments.collected_at
    from assignments
    left join {{ ref('int_role_definitions_dated') }} as definitions
        on
            assignments.tenant_id = definitions.tenant_id
            and assignments.role_definition_id = definitions.role_definition_id
            and assignments.extract_date >= definitions.capture_date
            and assignments.extract_date < definitions.valid_until_date
    left join {{ ref('built_in_roles') }} as built_in
        on
            coalesce(definitions.role_template_id, assignments.role_definition_id)
            = built_in.role_template_id

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    role_template_id,
    directory_scope,
    assignment_kind,
    path,
    via_group_id,
    any_value(principal_type) as principal_type,
    bool_or(is_guest) as is_guest,
    bool_or(is_privileged) as is_privileged,
    '' as group_path,
    cast(null as timestamp) as start_at,
    cast(null as timestamp) as end_at,
    max(collected_at) as collected_at
from described
group by
    tenant_id,
    snapshot_date,
    principal_id,
    role_template_id,
    directory_scope,
    assignment_kind,
    path,
    via_group_id
