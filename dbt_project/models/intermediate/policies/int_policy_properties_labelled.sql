-- Every scalar in the policies of the replaced days, with what it is about and, where it names
-- something, the name of that and whether it is gone. Who a policy names is asked for by id, so
-- that what did not come no longer exists; users are not asked for.
with

-- Kind and member stand on both sides: DuckDB compares every pair where the condition of a left
-- join looks at the left side alone.
conditions as (

    select
        'conditions' as member,
        path,
        aspect
    from {{ ref('policy_conditions') }}

),

built_in_roles as (

    select
        'role' as kind,
        role_template_id,
        role_name
    from {{ ref('built_in_roles') }}

),

leaves as (

    select
        policies.tenant_id,
        policies.snapshot_date,
        policies.policy_id,
        leaves.member,
        leaves.item_index,
        leaves.path,
        leaves.value,
        lower(leaves.value) as named_id,
        case when leaves.member = 'conditions' then coalesce(conditions.aspect, 'unknown') end
            as aspect,
        case
            when leaves.path like 'users.%Users' then 'user'
            when leaves.path like 'users.%guestOrExternalUserTypes' then 'guest_type'
            when leaves.path like 'users.%Groups' then 'group'
            when leaves.path like 'users.%Roles' then 'role'
            when leaves.path like 'applications.%' then 'application'
            when leaves.path like 'locations.%' then 'location'
            when leaves.path like 'platforms.%' then 'platform'
            when leaves.path = 'clientAppTypes' then 'client_app'
            when leaves.path = 'builtInControls' then 'grant'
            when leaves.path = 'authenticationStrength.id' then 'strength'
        end as kind
    from {{ ref('int_policies_captured') }} as policies
    inner join {{ ref('stg_graph__conditional_access_policies_leaves') }} as leaves
        on
            policies.run_id = leaves.run_id
            and policies.tenant_id = leaves.tenant_id
            and policies.is_beta = leaves.is_beta
            and policies.record_index = leaves.record_index
    left join conditions
        on
            leaves.member = conditions.member
            and leaves.path = conditions.path

),

names as (

    {% for kind, feed, named_id, name in [
        ('role', 'role_definitions', 'lower(role_template_id)', 'role_name'),
        ('group', 'groups', 'group_id', 'group_name'),
        ('location', 'named_locations', 'location_id', 'location_name'),
        ('strength', 'authentication_strengths', 'strength_id', 'strength_name'),
    ] %}
        select
            tenant_id,
            snapshot_date,
            '{{ kind }}' as kind,
            {{ named_id }} as named_id,
            max({{ name }}) as name
        from ({{ captured_rows('stg_graph__' ~ feed, feed) }}) as reported
        group by tenant_id, snapshot_date, {{ named_id }}
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    leaves.tenant_id,
    leaves.snapshot_date,
    leaves.policy_id,
    leaves.member,
    leaves.item_index,
    leaves.path,
    leaves.value,
    leaves.named_id,
    leaves.aspect,
    leaves.kind,
    coalesce(words.words, names.name, roles.role_name) as name,
    words.words is null
    and names.named_id is null
    and roles.role_name is null
    and case leaves.kind
        when 'role' then feeds.has_roles
        when 'group' then feeds.has_groups
        when 'location' then feeds.has_locations
        when 'strength' then feeds.has_strengths
        else false
    end as is_missing
from leaves
inner join {{ ref('int_policy_feeds_read') }} as feeds
    on
        leaves.tenant_id = feeds.tenant_id
        and leaves.snapshot_date = feeds.snapshot_date
left join {{ ref('policy_words') }} as words
    on
        leaves.kind = words.kind
        and leaves.named_id = words.wire_value
left join names
    on
        leaves.tenant_id = names.tenant_id
        and leaves.snapshot_date = names.snapshot_date
        and leaves.kind = names.kind
        and leaves.named_id = names.named_id
left join built_in_roles as roles
    on
        leaves.kind = roles.kind
        and leaves.named_id = roles.role_template_id
