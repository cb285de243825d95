-- depends_on: {{ ref('int_role_days_arrived') }}
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

holdings as (

    select * from {{ ref('int_role_holdings_described') }}

),

-- Active holdings that PIM knows. The plain list of assignments has them too, activated ones
-- included, and cannot tell them apart.
explained as (

    select distinct
        tenant_id,
        snapshot_date,
        principal_id,
        role_template_id,
        directory_scope,
        true as is_explained
    from holdings
    where feed = 'role_assignment_schedule_instances'

),

-- Without a licence for PIM there is no other way to hold a role.
unlicensed_days as (

    select
        tenant_id,
        snapshot_date,
        true as is_unlicensed
    from {{ ref('int_group_statuses') }}
    where
        feed_group = 'pim'
        and status = 'not_licensed'

),

judged as (

    select
        holdings.*,
        case
            when holdings.assignment_kind is not null then holdings.assignment_kind
            when unlicensed_days.is_unlicensed then 'standing'
            else 'active_unknown'
        end as kind
    from holdings
    left join explained
        on
            holdings.tenant_id = explained.tenant_id
            and holdings.snapshot_date = explained.snapshot_date
            and holdings.principal_id = explained.principal_id
            and holdings.role_template_id = explained.role_template_id
            and holdings.directory_scope = explained.directory_scope
    left join unlicensed_days
        on
            holdings.tenant_id = unlicensed_days.tenant_id
            and holdings.snapshot_date = unlicensed_days.snapshot_date
    where
        holdings.feed <> 'role_assignments'
        or explained.is_explained is null

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    role_template_id,
    directory_scope,
    kind as assignment_kind,
    'direct' as path,
    '' as via_group_id,
    max(principal_type) as principal_type,
    bool_or(is_guest) as is_guest,
    bool_or(is_privileged) as is_privileged,
    '' as group_path,
    min(start_at) as start_at,
    -- One that never ends outlasts the others.
    case when count(end_at) = count(*) then max(end_at) end as end_at,
    max(collected_at) as collected_at
from judged
group by
    tenant_id,
    snapshot_date,
    principal_id,
    role_template_id,
    directory_scope,
    kind
