-- Long: what may be stronger and could not be read is weighed against all that could.
-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- One row per user who holds a role and day: what the strongest policy does for MFA, and which that
-- is. `unknown` where what could not be read might be stronger; no policy decides that, nor that
-- there is none.
{%- set ranks = {
    'covered': 5, 'conditional': 4, 'report_only': 3, 'excluded': 2, 'not_covered': 1,
} %}

with

holders as (

    select distinct
        tenant_id,
        snapshot_date,
        principal_id
    from {{ ref('int_policy_holders_tagged') }}

),

effects as (

    select
        matches.tenant_id,
        matches.snapshot_date,
        matches.principal_id,
        policies.policy_id,
        policies.policy_name,
        case
            when matches.reach = 'unknown' then 'not_covered'
            when policies.policy_state = 'report_only' and matches.reach in ('applies', 'may_apply')
                then 'report_only'
            when policies.policy_state = 'report_only' then 'not_covered'
            when matches.reach = 'applies' then policies.mfa_reach
            when matches.reach = 'may_apply' then 'conditional'
            when matches.reach = 'excluded' and policies.mfa_reach = 'covered' then 'excluded'
            else 'not_covered'
        end as coverage,
        case
            when matches.reach <> 'unknown' then 'not_covered'
            when policies.policy_state = 'report_only' then 'report_only'
            else policies.mfa_reach
        end as possible_coverage
    from {{ ref('int_policy_holders_matched') }} as matches
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)
    where policies.mfa_reach <> 'none'

    union all

    select
        holders.tenant_id,
        holders.snapshot_date,
        holders.principal_id,
        feeds.defaults_id as policy_id,
        feeds.defaults_name as policy_name,
        'covered' as coverage,
        'covered' as possible_coverage
    from holders
    inner join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
    where feeds.is_defaults_enabled

),

ranked as (

    select
        *,
    {% for column in ['coverage', 'possible_coverage'] %}
        case {{ column }}
            {% for coverage, rank in ranks.items() %}
                when '{{ coverage }}' then {{ rank }}
            {% endfor %}
        end as {{ column }}_rank{{ "," if not loop.last }}
    {% endfor %}
    from effects

),

strongest as (

    select
        *,
        max(possible_coverage_rank) over (
            partition by tenant_id, snapshot_date, principal_id
        ) as possible_rank,
        row_number() over (
            partition by tenant_id, snapshot_date, principal_id
            order by coverage_rank desc, policy_id asc
        ) as place
    from ranked

),

verdicts as (

    select
        holders.tenant_id,
        holders.snapshot_date,
        holders.principal_id,
        strongest.policy_id,
        strongest.policy_name,
        case
            when strongest.coverage = 'covered' then 'covered'
            when
                feeds.has_policies is not true
                or feeds.knows_defaults is not true
                or strongest.possible_rank > strongest.coverage_rank
                then 'unknown'
            else coalesce(strongest.coverage, 'not_covered')
        end as coverage
    from holders
    left join {{ ref('int_policy_feeds_read') }} as feeds using (tenant_id, snapshot_date)
    left join strongest
        on
            holders.tenant_id = strongest.tenant_id
            and holders.snapshot_date = strongest.snapshot_date
            and holders.principal_id = strongest.principal_id
            and strongest.place = 1

)

select
    tenant_id,
    snapshot_date,
    principal_id,
    coverage as mfa_policy_coverage,
    case when coverage not in ('unknown', 'not_covered') then policy_id end as deciding_policy_id,
    case when coverage not in ('unknown', 'not_covered') then policy_name end
        as deciding_policy_name
from verdicts
