-- Long: who is meant and who is left out have the same four ways to be named.
-- How each policy that asks for MFA, or for a new sign-in, reaches each user who holds a role:
-- `applies`, `may_apply` where the kind of a guest would have to tell, `excluded`, or `unknown`
-- where the members of a group could not be read. Exclusion wins, also one that is not sure.
with

-- The kind stands on both sides: DuckDB compares every pair where the condition of a left join
-- looks at the left side alone.
groups as (

    select
        *,
        'group' as kind
    from {{ ref('int_policy_groups_read') }}

),

named as (

    select
        leaves.tenant_id,
        leaves.snapshot_date,
        leaves.policy_id,
        leaves.path like 'users.exclude%' as is_exclusion,
        leaves.kind,
        leaves.named_id,
        groups.is_read is false as is_unread
    from {{ ref('int_policy_properties_labelled') }} as leaves
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    left join groups
        on
            leaves.kind = groups.kind
            and leaves.tenant_id = groups.tenant_id
            and leaves.snapshot_date = groups.snapshot_date
            and leaves.named_id = groups.group_id
    where
        leaves.aspect = 'users'
        and policies.policy_state in ('enabled', 'report_only')
        and (policies.mfa_reach <> 'none' or policies.has_sign_in_frequency)

),

-- Guests of some organisations only: ours cannot be told by theirs.
enumerated as (

    select distinct
        tenant_id,
        snapshot_date,
        policy_id,
        path like 'users.exclude%' as is_exclusion,
        true as is_enumerated
    from {{ ref('int_policy_properties_labelled') }}
    where
        path like 'users.%externalTenants.membershipKind'
        and named_id <> 'all'

),

-- `certainty` of a rule: 3 where it is plain, 2 where the group was not read and may hold anyone,
-- 1 where it is for some kinds of guests.
rules as (

    select
        named.tenant_id,
        named.snapshot_date,
        named.policy_id,
        named.is_exclusion,
        case when named.kind = 'role' or (named.kind = 'group' and not named.is_unread)
                then named.kind
            else 'user'
        end as kind,
        case
            when named.is_unread then 'all'
            when named.kind = 'guest_type' then 'guestsorexternalusers'
            else named.named_id
        end as named_id,
        case
            when named.is_unread then 2
            when named.kind <> 'guest_type' then 3
            when
                named.named_id like '%internalguest%'
                and named.named_id like '%b2bcollaborationguest%'
                and enumerated.is_enumerated is null
                then 3
            else 1
        end as certainty
    from named
    left join enumerated using (tenant_id, snapshot_date, policy_id, is_exclusion)
    where named.kind is not null

),

matched as (

    select
        rules.tenant_id,
        rules.snapshot_date,
        rules.policy_id,
        holders.principal_id,
        max(least(rules.certainty, holders.certainty)) filter (where not rules.is_exclusion)
            as inclusion,
        max(case when least(rules.certainty, holders.certainty) = 2 then 2 else 3 end)
        filter (where rules.is_exclusion) as exclusion
    from rules
    inner join {{ ref('int_policy_holders_tagged') }} as holders
        using (tenant_id, snapshot_date, kind, named_id)
    group by rules.tenant_id, rules.snapshot_date, rules.policy_id, holders.principal_id

)

select
    tenant_id,
    snapshot_date,
    policy_id,
    principal_id,
    case
        when exclusion = 3 and inclusion = 1 then 'out_of_reach'
        when exclusion = 3 then 'excluded'
        when inclusion = 2 or exclusion = 2 then 'unknown'
        when inclusion = 1 then 'may_apply'
        else 'applies'
    end as reach
from matched
where inclusion is not null
