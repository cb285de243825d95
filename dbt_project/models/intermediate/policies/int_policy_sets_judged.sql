-- Long: a set is taken apart into cells, graded, and put together again.
-- What each set of policies does together, which `int_policy_sets_matched` finds: at every cell the
-- strongest demand counts. 2 is MFA, or for an old client a block too, 1 MFA or a managed device.
-- `mfa_coverage` is null where the set asks for no MFA.
with

found as (

    {% for column in ['policy_set', 'lifted_set'] %}
        select
            tenant_id,
            snapshot_date,
            is_hopeful,
            {{ column }} as policy_set
        from {{ ref('int_policy_sets_matched') }}
        where {{ column }} is not null
        {{ "union" if not loop.last }}
    {% endfor %}

),

-- A number each: the text of a set of many policies is long.
sets as (

    select
        *,
        row_number() over (partition by tenant_id, snapshot_date, is_hopeful) as set_number
    from found

),

members as (

    select
        listed.tenant_id,
        listed.snapshot_date,
        listed.is_hopeful,
        listed.set_number,
        listed.policy_id,
        policies.is_block,
        case when listed.is_hopeful then policies.possible_demand else policies.sure_demand end
            as demand
    from (
        select
            tenant_id,
            snapshot_date,
            is_hopeful,
            set_number,
            unnest(string_split(policy_set, chr(10))) as policy_id
        from sets
    ) as listed
    inner join {{ ref('int_policies_evaluated') }} as policies
        using (tenant_id, snapshot_date, policy_id)

),

demanding as (

    select
        tenant_id,
        snapshot_date,
        is_hopeful,
        set_number,
        bool_or(demand <> 'none') as is_asking
    from members
    group by tenant_id, snapshot_date, is_hopeful, set_number

),

met as (

    select
        members.tenant_id,
        members.snapshot_date,
        members.is_hopeful,
        members.set_number,
        cells.client,
        cells.place,
        cells.application,
        max(
            case
                when members.demand = 'firm' or (members.is_block and cells.is_legacy) then 2
                when members.demand = 'device' then 1
                else 0
            end
        ) as grade
    from members
    inner join {{ ref('int_policy_cells') }} as cells
        using (tenant_id, snapshot_date, is_hopeful, policy_id)
    group by all

),

graded as (

    select
        sets.tenant_id,
        sets.snapshot_date,
        sets.is_hopeful,
        sets.set_number,
        cells.is_legacy,
        cells.is_trusted,
        cells.application,
        coalesce(met.grade, 0) as grade
    from sets
    inner join {{ ref('int_policy_cells') }} as cells using (tenant_id, snapshot_date, is_hopeful)
    left join met
        using (
            tenant_id, snapshot_date, is_hopeful, set_number, client, place, application
        )
    where cells.policy_id is null

),

summed as (

    select
        tenant_id,
        snapshot_date,
        is_hopeful,
        set_number,
        bool_or(grade < 2 and application = '') as is_open,
        bool_or(grade < 1 and not is_trusted and application = '') as is_loose,
        {{ listed('application', ', ', 'grade < 2') }} as open_applications,
        {{ listed('application', ', ', 'grade < 1 and not is_trusted') }} as loose_applications,
        not bool_or(is_legacy and grade < 2) as is_legacy_closed,
        not bool_or(is_legacy and grade < 2 and application = '')
            as is_legacy_closed_but_for_applications
    from graded
    group by tenant_id, snapshot_date, is_hopeful, set_number

)

select
    summed.tenant_id,
    summed.snapshot_date,
    summed.is_hopeful,
    sets.policy_set,
    case
        when not summed.is_open and summed.open_applications is null then 'covered'
        when not summed.is_open then 'covered_except'
        when not summed.is_loose then 'conditional'
        when demanding.is_asking then 'narrow'
    end as mfa_coverage,
    case
        when not summed.is_open then summed.open_applications
        when not summed.is_loose then summed.loose_applications
    end as uncovered_applications,
    summed.is_legacy_closed,
    summed.is_legacy_closed_but_for_applications
from sets
inner join summed using (tenant_id, snapshot_date, is_hopeful, set_number)
inner join demanding using (tenant_id, snapshot_date, is_hopeful, set_number)
