{{
    config(
        materialized='incremental',
        incremental_strategy='changed_days',
        changed_days='int_tenant_days_changed',
        changed_key=['tenant_id', 'snapshot_date'],
        on_schema_change='append_new_columns',
    )
}}

with

days as (

    select * from {{ ref('int_tenant_days_changed') }}

),

score_days as (

    select
        days.tenant_id,
        days.snapshot_date,
        max(records.score_date) as score_date
    from days
    left join {{ ref('int_score_records_chosen') }} as records
        on
            days.tenant_id = records.tenant_id
            and days.snapshot_date >= records.score_date
    group by days.tenant_id, days.snapshot_date

),

scores as (

    select
        score_days.tenant_id,
        score_days.snapshot_date,
        max(scores.score_points) filter (where scores.scope = 'overall') as score_points,
        max(scores.max_points) filter (where scores.scope = 'overall') as max_points,
        max(scores.score_ratio) filter (where scores.scope = 'overall') as score_ratio,
        max(scores.score_ratio) filter (where scores.scope = 'identity_secure_score')
            as identity_secure_score_ratio,
        max(scores.score_ratio) filter (where scores.scope = 'category:Identity')
            as identity_category_ratio,
        max(scores.score_ratio) filter (where scores.scope = 'service:AzureAD')
            as entra_service_ratio
    from score_days
    inner join {{ ref('fct_tenant_score_daily') }} as scores
        on
            score_days.tenant_id = scores.tenant_id
            and score_days.score_date = scores.score_date
    group by score_days.tenant_id, score_days.snapshot_date

),

tenants as (

    select * from {{ ref('fct_tenant_daily') }}

),

potentials as (

    select
        controls.tenant_id,
        controls.score_date,
        licences.tenant_tier,
        {{ sum_points('case when licences.is_licence_owned then controls.score_points end') }}
            as licensed_points,
        {{ sum_points('case when licences.is_licence_owned then controls.max_points end') }}
            as licensed_max_points,
        {{ sum_points("""case
            when
                licences.is_licence_owned
                and controls.score_ratio < 1
                and controls.state in ('default', 'reviewed')
                then controls.max_points - controls.score_points
        end""") }} as open_points,
        count(*) filter (where licences.is_licence_owned and controls.max_points is null)
            as unknown_count
    from {{ ref('fct_control_score_daily') }} as controls
    inner join (select distinct tenant_id, score_date from score_days) as wanted
        on
            controls.tenant_id = wanted.tenant_id
            and controls.score_date = wanted.score_date
    inner join {{ ref('int_control_licences_owned') }} as licences
        on controls.control_id = licences.control_id
    where controls.counts_in_maximum is distinct from false
    group by controls.tenant_id, controls.score_date, licences.tenant_tier

),

roles as (

    select
        assignments.tenant_id,
        assignments.snapshot_date,
        count(distinct assignments.principal_id) filter (where assignments.is_holder)
            as privileged_count,
        count(distinct assignments.principal_id) filter (
            where assignments.is_holder and assignments.assignment_kind = 'standing'
        ) as standing_count,
        count(distinct assignments.principal_id) filter (
            where assignments.is_holder and assignments.assignment_kind = 'eligible'
        ) as eligible_count,
        count(distinct assignments.principal_id) filter (
            where assignments.is_holder and assignments.assignment_kind = 'activated'
        ) as activated_count,
        count(distinct assignments.principal_id) filter (
            where assignments.is_holder and assignments.principal_type = 'service_principal'
        ) as service_principal_count,
        count(distinct assignments.principal_id) filter (
            where
            assignments.is_holder
            and assignments.role_template_id = '62e90394-69f5-4237-9190-012177145e10'
        ) as global_administrator_count,
        bool_or(assignments.is_privileged and assignments.principal_type = 'group')
            as has_unread_group
    from (
        select
            facts.*,
            facts.is_privileged and facts.principal_type <> 'group' as is_holder
        from {{ ref('fct_role_assignment_daily') }} as facts
        inner join days
            on
                facts.tenant_id = days.tenant_id
                and facts.snapshot_date = days.snapshot_date
    ) as assignments
    group by assignments.tenant_id, assignments.snapshot_date

),

statuses as (

    select
        tenant_id,
        snapshot_date,
        {% for feed_group in ['score', 'role', 'pim', 'registration', 'policy', 'risk'] %}
        max(status) filter (where feed_group = '{{ feed_group }}')
            as {{ feed_group }}_status{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('int_group_statuses') }}
    group by tenant_id, snapshot_date

),

joined as (

    select
        days.tenant_id,
        days.snapshot_date,
        score_days.score_date,
        date_diff('day', score_days.score_date, days.snapshot_date) as score_age_days,
        scores.* exclude (tenant_id, snapshot_date),
        {{ ratio('potentials.licensed_points', 'potentials.licensed_max_points') }}
            as licensed_ratio,
        {{ ratio('scores.score_points + potentials.open_points', 'scores.max_points') }}
            as reachable_ratio,
        potentials.unknown_count,
        statuses.* exclude (tenant_id, snapshot_date),
        statuses.role_status in ('ok', 'empty') as has_roles,
        statuses.pim_status in ('ok', 'empty', 'not_licensed') as has_pim,
        roles.* exclude (tenant_id, snapshot_date)
    from days
    inner join score_days
        on
            days.tenant_id = score_days.tenant_id
            and days.snapshot_date = score_days.snapshot_date
    inner join statuses
        on
            days.tenant_id = statuses.tenant_id
            and days.snapshot_date = statuses.snapshot_date
    left join tenants
        on
            days.tenant_id = tenants.tenant_id
            and days.snapshot_date = tenants.snapshot_date
    left join scores
        on
            days.tenant_id = scores.tenant_id
            and days.snapshot_date = scores.snapshot_date
    left join potentials
        on
            score_days.tenant_id = potentials.tenant_id
            and score_days.score_date = potentials.score_date
            and tenants.licence_tier is not distinct from potentials.tenant_tier
    left join roles
        on
            days.tenant_id = roles.tenant_id
            and days.snapshot_date = roles.snapshot_date

)

select
    tenant_id,
    snapshot_date,
    score_date,
    score_age_days,
    score_points,
    max_points,
    score_ratio,
    identity_secure_score_ratio,
    identity_category_ratio,
    entra_service_ratio,
    case when unknown_count = 0 then licensed_ratio end as current_licence_ratio,
    case when unknown_count = 0 then reachable_ratio end as achievable_ratio,
    score_status,
    case when has_roles then coalesce(privileged_count, 0) end as privileged_count,
    case when has_roles and has_pim then coalesce(standing_count, 0) end as standing_count,
    case when has_roles and has_pim then coalesce(eligible_count, 0) end as eligible_count,
    case when has_roles and has_pim then coalesce(activated_count, 0) end as activated_count,
    case when has_roles then coalesce(service_principal_count, 0) end as service_principal_count,
    case when has_roles then coalesce(global_administrator_count, 0) end
        as global_administrator_count,
    case when has_roles and has_unread_group then 'partial' else role_status end as role_status,
    pim_status,
    registration_status,
    policy_status,
    risk_status
from joined
