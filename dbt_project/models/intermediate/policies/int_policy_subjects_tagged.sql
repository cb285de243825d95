-- Whose sign-ins are judged on the replaced days, with all that a policy may know each by: every
-- user who holds a role (`person`), and for all the others, whom nobody lists, an ordinary
-- `member`, a `guest`, and one of each `user`, `group` and `role` that a policy names. Of the
-- latter it is sure that they are what they stand for; a tag is not `is_certain` where the unread
-- type of an account could tell.
{%- set everyone = [
    ('member', "'user'", "'all'"),
    ('guest', "'user'", "'all'"),
    ('guest', "'user'", "'guestsorexternalusers'"),
] %}

with

named as (

    select distinct
        leaves.tenant_id,
        leaves.snapshot_date,
        leaves.kind,
        leaves.named_id
    from {{ ref('int_policy_properties_labelled') }} as leaves
    inner join {{ ref('int_policies_captured') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    where
        leaves.path in (
            'users.includeUsers', 'users.includeGroups', 'users.includeRoles',
            'users.excludeUsers', 'users.excludeGroups', 'users.excludeRoles'
        )
        and not (leaves.kind = 'user' and leaves.name is not null)
        and policies.policy_state in ('enabled', 'report_only')

)

select
    tenant_id,
    snapshot_date,
    'person' as subject_kind,
    principal_id as subject_id,
    -- What holds for everyone is told of persons apart: a group that was not read may hold any of
    -- them, and none of those who stand for something else.
    kind,
    named_id,
    certainty = 3 as is_certain
from {{ ref('int_policy_holders_tagged') }}

union all

select distinct
    tenant_id,
    snapshot_date,
    'person' as subject_kind,
    principal_id as subject_id,
    'person' as kind,
    'all' as named_id,
    true as is_certain
from {{ ref('int_policy_holders_tagged') }}

{% for subject_kind, kind, named_id in everyone %}
    union all

    select
        tenant_id,
        snapshot_date,
        '{{ subject_kind }}' as subject_kind,
        '' as subject_id,
        {{ kind }} as kind,
        {{ named_id }} as named_id,
        true as is_certain
    from {{ ref('int_policy_feeds_read') }}
{% endfor %}

{% for kind, named_id in [('named_', 'named_id'), ('', "'all'")] %}
    union all

    select
        tenant_id,
        snapshot_date,
        kind as subject_kind,
        named_id as subject_id,
        {{ "'named_' || kind" if kind else "'user'" }} as kind,
        {{ named_id }} as named_id,
        true as is_certain
    from named
{% endfor %}
