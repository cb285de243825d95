-- Every direct role holding of the replaced days, as each feed tells it. Instances of member type
-- group repeat what a group holds: the group's own row says it.
with

assignments as (

    select
        run_id,
        tenant_id,
        record_index,
        'role_assignments' as feed,
        principal_id,
        role_definition_id,
        directory_scope,
        cast(null as varchar) as assignment_kind,
        cast(null as timestamp) as start_at,
        cast(null as timestamp) as end_at,
        {{ principal_attributes() }}
    from {{ ref('stg_graph__role_assignments') }}
    where quarantine_reason is null

),

active_instances as (

    select
        run_id,
        tenant_id,
        record_index,
        'role_assignment_schedule_instances' as feed,
        principal_id,
        role_definition_id,
        directory_scope,
        -- A type that Graph may add one day is active in a way nobody knows yet.
        case assignment_type
            when 'assigned' then 'standing'
            when 'activated' then 'activated'
            else 'active_unknown'
        end as assignment_kind,
        start_at,
        end_at,
        {{ principal_attributes() }}
    from {{ ref('stg_graph__role_assignment_schedule_instances') }}
    where
        quarantine_reason is null
        and member_type is distinct from 'group'

),

eligible_instances as (

    select
        run_id,
        tenant_id,
        record_index,
        'role_eligibility_schedule_instances' as feed,
        principal_id,
        role_definition_id,
        directory_scope,
        'eligible' as assignment_kind,
        start_at,
        end_at,
        {{ principal_attributes() }}
    from {{ ref('stg_graph__role_eligibility_schedule_instances') }}
    where
        quarantine_reason is null
        and member_type is distinct from 'group'

),

told as (

    select * from assignments

    union all

    select * from active_instances

    union all

    select * from eligible_instances

)

select
    told.run_id,
    told.tenant_id,
    captures.extract_date as snapshot_date,
    told.feed,
    told.record_index,
    told.principal_id,
    told.role_definition_id,
    told.directory_scope,
    told.assignment_kind,
    told.start_at,
    told.end_at,
    {{ principal_attributes('told') }},
    captures.collected_at
from told
inner join {{ ref('int_captures_deduplicated') }} as captures
    on
        told.run_id = captures.run_id
        and told.tenant_id = captures.tenant_id
        and told.feed = captures.feed
inner join {{ ref('int_role_days_arrived') }} as days
    on
        captures.tenant_id = days.tenant_id
        and captures.extract_date = days.snapshot_date
