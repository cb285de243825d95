-- What is asked of all users, judged of those who stand for them: per requirement one row a
-- subject, with how many users that is, whether a policy includes it, how well it is reached at the
-- worst (`status`) and at the best, and by which policy.
{%- set requirements = {
    'mfa_all_users': {
        'column': 'mfa_coverage', 'policy': 'mfa_policy_id',
        'good': "('covered', 'covered_except')",
    },
    'block_legacy_authentication': {
        'column': 'legacy_block', 'policy': 'legacy_policy_id', 'good': "('blocked')",
    },
} %}

with

included as (

    select distinct
        leaves.tenant_id,
        leaves.snapshot_date,
        leaves.kind,
        leaves.named_id
    from {{ ref('int_policy_properties_labelled') }} as leaves
    inner join {{ ref('int_policies_captured') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    where
        leaves.path in ('users.includeUsers', 'users.includeGroups', 'users.includeRoles')
        and policies.policy_state in ('enabled', 'report_only')

),

weighed as (

    {% for requirement, rule in requirements.items() %}
        select
            tenant_id,
            snapshot_date,
            subject_kind,
            subject_id,
            '{{ requirement }}' as requirement,
            max({{ rule.column }}) filter (where not is_hopeful) as status,
            max({{ rule.column }}) filter (where is_hopeful) as possible_status,
            max({{ rule.policy }}) filter (where not is_hopeful) as policy_id,
            bool_or({{ rule.column }} in {{ rule.good }} and not is_hopeful) as is_surely_reached,
            bool_or({{ rule.column }} in {{ rule.good }} and is_hopeful) as is_possibly_reached
        from {{ ref('int_subject_coverages_judged') }}
        where subject_kind <> 'person'
        group by tenant_id, snapshot_date, subject_kind, subject_id
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    weighed.tenant_id,
    weighed.snapshot_date,
    weighed.requirement,
    weighed.subject_kind,
    weighed.subject_id,
    counts.user_count,
    included.named_id is not null as is_included,
    weighed.is_surely_reached,
    weighed.is_possibly_reached,
    weighed.status,
    weighed.policy_id,
    weighed.possible_status
from weighed
left join {{ ref('int_policy_subjects_counted') }} as counts
    on
        weighed.tenant_id = counts.tenant_id
        and weighed.snapshot_date = counts.snapshot_date
        and weighed.subject_kind = counts.kind
        and weighed.subject_id = counts.named_id
left join included
    on
        weighed.tenant_id = included.tenant_id
        and weighed.snapshot_date = included.snapshot_date
        and weighed.subject_kind = included.kind
        and weighed.subject_id = included.named_id
