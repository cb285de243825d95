-- Every user who holds a role on the replaced days, with all that a policy may know the user by:
-- the id, everyone, guests, roles, groups. `certainty` is 3 where it is sure, and 1 where only the
-- unread type of the account could tell.
with

assignments as (

    select facts.*
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join {{ ref('int_snapshot_days_new') }} as days
        on
            facts.tenant_id = days.tenant_id
            and facts.snapshot_date = days.snapshot_date
    where facts.principal_type = 'user'

),

holders as (

    select
        tenant_id,
        snapshot_date,
        principal_id,
        bool_or(is_guest) as is_guest
    from assignments
    group by tenant_id, snapshot_date, principal_id

),

-- Conditional Access knows a role only where it is built in and held for the whole tenant.
roles as (

    select distinct
        assignments.tenant_id,
        assignments.snapshot_date,
        assignments.principal_id,
        lower(assignments.role_template_id) as role_template_id
    from assignments
    left join {{ ref('int_role_definitions_dated') }} as definitions
        on
            assignments.tenant_id = definitions.tenant_id
            and assignments.role_template_id = definitions.role_template_id
            and assignments.snapshot_date >= definitions.snapshot_date
            and assignments.snapshot_date < definitions.valid_until_date
    where
        assignments.directory_scope = '/'
        and definitions.is_built_in is distinct from false

),

members as (

    {{ captured_rows('stg_graph__group_members_transitive', 'group_members') }}

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    'user' as kind,
    'all' as named_id,
    3 as certainty
from holders

union all

select
    tenant_id,
    snapshot_date,
    principal_id,
    'user' as kind,
    lower(principal_id) as named_id,
    3 as certainty
from holders

union all

select
    tenant_id,
    snapshot_date,
    principal_id,
    'user' as kind,
    'guestsorexternalusers' as named_id,
    case when is_guest then 3 else 1 end as certainty
from holders
where is_guest is distinct from false

union all

select
    tenant_id,
    snapshot_date,
    principal_id,
    'role' as kind,
    role_template_id as named_id,
    3 as certainty
from roles

union all

select
    holders.tenant_id,
    holders.snapshot_date,
    holders.principal_id,
    'group' as kind,
    members.group_id as named_id,
    3 as certainty
from holders
inner join members
    on
        holders.tenant_id = members.tenant_id
        and holders.snapshot_date = members.snapshot_date
        and lower(holders.principal_id) = members.member_id
