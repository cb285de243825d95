-- Which enabled policies hold for each subject, at the worst and at the best (`is_hopeful`), as one
-- text of their ids: all that do (`policy_set`), and all that would if nobody were left out
-- (`lifted_set`). Null for none. One for a kind of guests is in neither: it may be for others.
{%- set inclusion = 'case when hopes.is_hopeful then possible_inclusion else sure_inclusion end' %}
{%- set is_out =
    'case when hopes.is_hopeful then is_surely_excluded else is_possibly_excluded end' %}

with

reaching as (

    select
        matched.tenant_id,
        matched.snapshot_date,
        matched.policy_id,
        matched.subject_kind,
        matched.subject_id,
        hopes.is_hopeful,
        {{ is_out }} as is_out
    from {{ ref('int_policy_subjects_matched') }} as matched
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    cross join (values (false), (true)) as hopes (is_hopeful)
    where
        policies.policy_state = 'enabled'
        and (policies.possible_demand <> 'none' or policies.is_block)
        and {{ inclusion }} = 2

)

select
    tenant_id,
    snapshot_date,
    subject_kind,
    subject_id,
    is_hopeful,
    array_to_string(list_sort(list(policy_id) filter (where not is_out)), chr(10)) as policy_set,
    array_to_string(list_sort(list(policy_id)), chr(10)) as lifted_set
from reaching
group by tenant_id, snapshot_date, subject_kind, subject_id, is_hopeful
