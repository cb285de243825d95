-- The people we know by id among those whom the policies of the replaced days name: of most members
-- of a group only numbers are kept, and who is known must not count twice.
with

members as (

    {{ captured_rows('stg_graph__group_members_transitive', 'group_members') }}

)

select
    tenant_id,
    snapshot_date,
    kind,
    named_id,
    lower(principal_id) as person_id
from {{ ref('int_policy_holders_tagged') }}
where kind = 'role'

union all

select
    tenant_id,
    snapshot_date,
    'group' as kind,
    group_id as named_id,
    member_id as person_id
from members
where member_type = 'user'

union all

select distinct
    tenant_id,
    snapshot_date,
    kind,
    named_id,
    named_id as person_id
from {{ ref('int_policy_properties_labelled') }}
where
    path in ('users.includeUsers', 'users.excludeUsers')
    and kind = 'user'
    and name is null
