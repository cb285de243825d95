-- What each policy, or for administrators all of them together, brings a requirement to; `place`
-- orders them from the best, and `reason` says in words why it is no better.
with

served as (

    select
        requirements.*,
        case when exclusions.policy_id is null then 0 else exclusions.excluded_count end
            as excluded_count
    from {{ ref('int_policy_requirements_met') }} as requirements
    left join {{ ref('int_policy_exclusions_counted') }} as exclusions
        using (tenant_id, snapshot_date, policy_id)
    where not requirements.is_for_administrators

),

graded as (

    select
        tenant_id,
        snapshot_date,
        requirement,
        policy_id,
        policy_name,
        excluded_count,
        case
            when policy_state = 'report_only' then 6
            when not is_whole then 5
            when not is_all_users then 4
            when leaves_guests_out or excluded_count > {{ var('most_excluded') }} then 3
            when excluded_count is null then 2
            else 1
        end as place,
        case
            when policy_state = 'report_only' then 'Report-only: evaluated, but not enforced'
            when not is_whole
                then 'Enabled, but narrowed to some applications, clients or conditions, or met by '
                    || 'another demand'
            when not is_all_users then 'Enabled for a part of the users'
            when leaves_guests_out then 'Enabled for all users but guests'
            when excluded_count is null
                then 'Enabled for all users, but how many it excludes could not be read'
            when excluded_count = 0 then 'Enabled for all users and applications'
            else 'Enabled for all users and applications, with '
                || case
                    when excluded_count = 1 then '1 user'
                    else excluded_count || ' users'
                end
                || ' excluded'
        end as reason
    from served

),

administrators as (

    select
        *,
        case
            when
                reached_count > 0
                and reached_count + excluded_count = administrator_count
                and excluded_count <= {{ var('most_excluded') }}
                then 1
            when unknown_count > 0 then 2
            when reached_count > 0 then 4
            else 6
        end as place
    from {{ ref('int_administrator_policies_evaluated') }}

)

select
    tenant_id,
    snapshot_date,
    requirement,
    policy_id,
    policy_name,
    cast(excluded_count as bigint) as excluded_count,
    place,
    case place when 1 then 'implemented' when 2 then 'unknown' else 'partial' end as verdict,
    reason || '.' as reason
from graded

union all

select
    tenant_id,
    snapshot_date,
    requirement,
    policy_id,
    policy_name,
    cast(case when unknown_count = 0 then excluded_count end as bigint) as excluded_count,
    place,
    case place when 1 then 'implemented' when 2 then 'unknown' else 'partial' end as verdict,
    case place
        when 2 then 'Members of a group could not be read: reach is not known'
        when 6 then 'Reaches no privileged user: report-only, narrowed, or for others'
        else 'Reaches ' || reached_count || ' of ' || administrator_count || ' privileged users'
            || case when excluded_count > 0 then ', ' || excluded_count || ' excluded' else '' end
    end || '.' as reason
from administrators
