-- Long: MFA and old clients are judged side by side, from the same policies at the same cells.
-- What all policies together do for each subject, once at the worst and once at the best
-- (`is_hopeful`), and the widest policy that makes it so: `mfa_coverage` for MFA, `legacy_block`
-- for clients that know none (`blocked`, `partly`, `report_only`, `open`). Security defaults do
-- both.
{%- set is_in = 'inclusion > 0 and not is_out' %}
{%- set is_on = "policy_state = 'enabled' and " ~ is_in %}
{%- set widest = 'arg_min(policy_id, (-cell_count, policy_id))' %}
{%- set widest_legacy =
    'arg_min(policy_id, (-legacy_count, policy_id))' %}

with

widths as (

    select
        tenant_id,
        snapshot_date,
        policy_id,
        is_hopeful,
        count(*) as cell_count,
        count(*) filter (where is_legacy) as legacy_count
    from {{ ref('int_policy_cells') }}
    where policy_id is not null
    group by tenant_id, snapshot_date, policy_id, is_hopeful

),

reaching as (

    select
        matched.tenant_id,
        matched.snapshot_date,
        matched.policy_id,
        matched.subject_kind,
        matched.subject_id,
        hopes.is_hopeful,
        policies.policy_state,
        policies.serves_legacy_block,
        case when hopes.is_hopeful then policies.possible_demand else policies.sure_demand end
            as demand,
        policies.is_block,
        case
            when hopes.is_hopeful then matched.possible_inclusion else matched.sure_inclusion
        end as inclusion,
        case
            when hopes.is_hopeful then matched.is_surely_excluded
            else matched.is_possibly_excluded
        end as is_out,
        coalesce(widths.cell_count, 0) as cell_count,
        case
            when policies.is_block or demand = 'firm' then coalesce(widths.legacy_count, 0) else 0
        end as legacy_count
    from {{ ref('int_policy_subjects_matched') }} as matched
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    cross join (values (false), (true)) as hopes (is_hopeful)
    left join widths
        on
            matched.tenant_id = widths.tenant_id
            and matched.snapshot_date = widths.snapshot_date
            and matched.policy_id = widths.policy_id
            and hopes.is_hopeful = widths.is_hopeful

),

deciding as (

    select
        tenant_id,
        snapshot_date,
        subject_kind,
        subject_id,
        is_hopeful,
        bool_or(demand <> 'none' and {{ is_on }}) as is_asked,
        bool_or(demand <> 'none' and policy_state = 'report_only' and {{ is_in }})
            as is_tried,
        {{ widest }} filter (
            where demand = 'firm' and inclusion = 2 and cell_count > 0 and {{ is_on }}
        ) as firm_id,
        {{ widest }} filter (
            where demand in ('firm', 'device') and inclusion = 2 and cell_count > 0 and {{ is_on }}
        ) as device_id,
        {{ widest }} filter (where demand <> 'none' and {{ is_on }}) as asking_id,
        {{ widest }} filter (
            where demand <> 'none' and policy_state = 'report_only' and {{ is_in }}
        ) as tried_id,
        {{ widest }} filter (
            where
            demand <> 'none'
            and inclusion = 2
            and is_out
            and cell_count > 0
            and policy_state = 'enabled'
        ) as left_id,
        bool_or(serves_legacy_block and {{ is_on }}) as is_blocked_in_part,
        {{ widest_legacy }} filter (where legacy_count > 0 and {{ is_on }}) as blocking_id,
        {{ widest_legacy }} filter (
            where (legacy_count > 0 or serves_legacy_block) and {{ is_on }}
        ) as partly_blocking_id,
        {{ widest_legacy }} filter (
            where serves_legacy_block and policy_state = 'report_only' and {{ is_in }}
        ) as tried_block_id
    from reaching
    group by tenant_id, snapshot_date, subject_kind, subject_id, is_hopeful

),

subjects as (

    select distinct
        tagged.tenant_id,
        tagged.snapshot_date,
        tagged.subject_kind,
        tagged.subject_id,
        hopes.is_hopeful
    from {{ ref('int_policy_subjects_tagged') }} as tagged
    cross join (values (false), (true)) as hopes (is_hopeful)

),

joined as (

    select
        subjects.*,
        deciding.* exclude (tenant_id, snapshot_date, subject_kind, subject_id, is_hopeful),
        judged.mfa_coverage as set_coverage,
        judged.uncovered_applications,
        coalesce(judged.is_legacy_closed, false) as is_legacy_closed,
        coalesce(judged.is_legacy_closed_but_for_applications, false)
            as is_legacy_closed_but_for_applications,
        coalesce(lifted.mfa_coverage in ('covered', 'covered_except'), false)
            as is_covered_if_lifted,
        feeds.is_defaults_enabled,
        feeds.defaults_id,
        feeds.is_defaults_enabled
        or (subjects.is_hopeful and not (feeds.has_policies and feeds.knows_defaults))
        or (subjects.is_hopeful and feeds.plan_names is not null)
            as is_covered_anyway
    from subjects
    inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
    left join {{ ref('int_policy_sets_matched') }} as sets
        using (tenant_id, snapshot_date, subject_kind, subject_id, is_hopeful)
    left join deciding
        using (tenant_id, snapshot_date, subject_kind, subject_id, is_hopeful)
    left join {{ ref('int_policy_sets_judged') }} as judged
        on
            sets.tenant_id = judged.tenant_id
            and sets.snapshot_date = judged.snapshot_date
            and sets.is_hopeful = judged.is_hopeful
            and sets.policy_set = judged.policy_set
    left join {{ ref('int_policy_sets_judged') }} as lifted
        on
            sets.tenant_id = lifted.tenant_id
            and sets.snapshot_date = lifted.snapshot_date
            and sets.is_hopeful = lifted.is_hopeful
            and sets.lifted_set = lifted.policy_set

),

verdicts as (

    select
        *,
        case
            when is_covered_anyway then 'covered'
            when set_coverage is not null then set_coverage
            when is_asked then 'narrow'
            when is_tried then 'report_only'
            when is_covered_if_lifted and left_id is not null then 'excluded'
            else 'not_covered'
        end as mfa_coverage,
        case
            when is_covered_anyway or is_legacy_closed then 'blocked'
            when is_legacy_closed_but_for_applications or is_blocked_in_part then 'partly'
            when tried_block_id is not null then 'report_only'
            else 'open'
        end as legacy_block
    from joined

)

select
    tenant_id,
    snapshot_date,
    subject_kind,
    subject_id,
    is_hopeful,
    mfa_coverage,
    case
        when is_defaults_enabled then defaults_id
        when is_covered_anyway then null
        when mfa_coverage in ('covered', 'covered_except') then firm_id
        when mfa_coverage = 'conditional' then device_id
        when mfa_coverage = 'narrow' then asking_id
        when mfa_coverage = 'report_only' then tried_id
        when mfa_coverage = 'excluded' then left_id
    end as mfa_policy_id,
    case
        when not is_covered_anyway and mfa_coverage in ('covered_except', 'conditional')
            then uncovered_applications
    end as uncovered_applications,
    legacy_block,
    case
        when is_defaults_enabled then defaults_id
        when is_covered_anyway then null
        when legacy_block = 'blocked' then blocking_id
        when legacy_block = 'partly' then partly_blocking_id
        when legacy_block = 'report_only' then tried_block_id
    end as legacy_policy_id
from verdicts
