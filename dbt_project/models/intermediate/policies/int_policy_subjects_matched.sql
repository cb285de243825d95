-- Long: who is meant and who is left out have the same ways to be named, each sure or not.
-- How each policy that asks for MFA, for a new sign-in, or blocks reaches each subject. `inclusion`
-- is 2 where it is for the subject, 1 where the kind of a guest would have to tell, else 0, once at
-- the worst (`sure_`) and once at the best (`possible_`); exclusion is sure, or only possible where
-- the members of a group or the type of the account could not be read. `reach` says it in a word.
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
        leaves.name,
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
        and leaves.kind is not null
        and leaves.named_id <> 'none'
        and policies.policy_state in ('enabled', 'report_only')
        and (
            policies.possible_demand <> 'none'
            or policies.is_block
            or policies.has_sign_in_frequency
        )

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

rules as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        is_exclusion,
        kind,
        named_id,
        2 as inclusion,
        true as is_certain
    from named
    where kind in ('user', 'role') or (kind = 'group' and not is_unread)

    union all

    select
        tenant_id,
        snapshot_date,
        policy_id,
        is_exclusion,
        'named_' || kind as kind,
        named_id,
        2 as inclusion,
        true as is_certain
    from named
    where kind in ('user', 'role', 'group') and not (kind = 'user' and name is not null)

    union all

    select
        tenant_id,
        snapshot_date,
        policy_id,
        is_exclusion,
        'person' as kind,
        'all' as named_id,
        2 as inclusion,
        false as is_certain
    from named
    where is_unread

    union all

    select
        named.tenant_id,
        named.snapshot_date,
        named.policy_id,
        named.is_exclusion,
        'user' as kind,
        'guestsorexternalusers' as named_id,
        case
            when
                named.named_id like '%internalguest%'
                and named.named_id like '%b2bcollaborationguest%'
                and enumerated.is_enumerated is null
                then 2
            else 1
        end as inclusion,
        true as is_certain
    from named
    left join enumerated using (tenant_id, snapshot_date, policy_id, is_exclusion)
    where named.kind = 'guest_type'

),

matched as (

    select
        rules.tenant_id,
        rules.snapshot_date,
        rules.policy_id,
        subjects.subject_kind,
        subjects.subject_id,
        coalesce(
            max(rules.inclusion) filter (
                where not rules.is_exclusion and rules.is_certain and subjects.is_certain
            ),
            0
        ) as sure_inclusion,
        max(rules.inclusion) filter (where not rules.is_exclusion) as possible_inclusion,
        coalesce(
            bool_or(rules.is_certain and subjects.is_certain) filter (where rules.is_exclusion),
            false
        ) as is_surely_excluded,
        bool_or(rules.is_exclusion) as is_possibly_excluded
    from rules
    inner join {{ ref('int_policy_subjects_tagged') }} as subjects
        using (tenant_id, snapshot_date, kind, named_id)
    group by
        rules.tenant_id,
        rules.snapshot_date,
        rules.policy_id,
        subjects.subject_kind,
        subjects.subject_id

)

select
    *,
    case
        when is_surely_excluded and possible_inclusion = 2 then 'excluded'
        when is_surely_excluded then 'out_of_reach'
        when possible_inclusion = 2 and (sure_inclusion < 2 or is_possibly_excluded) then 'unknown'
        when sure_inclusion = 2 then 'applies'
        else 'may_apply'
    end as reach
from matched
where possible_inclusion is not null
