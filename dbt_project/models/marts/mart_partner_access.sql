with

newest_days as (

    select
        tenant_id,
        max(snapshot_date) as snapshot_date
    from {{ ref('fct_identity_posture_daily') }}
    where privileged_count is not null
    group by tenant_id

),

held as (

    select
        facts.tenant_id,
        facts.snapshot_date,
        facts.principal_id,
        facts.role_template_id,
        facts.directory_scope,
        facts.assignment_kind,
        bool_or(facts.is_privileged) as is_privileged,
        min(facts.start_at) as start_at,
        case when count(facts.end_at) = count(*) then max(facts.end_at) end as end_at
    from {{ ref('fct_role_assignment_daily') }} as facts
    inner join newest_days using (tenant_id, snapshot_date)
    where facts.principal_type = 'partner'
    group by
        facts.tenant_id,
        facts.snapshot_date,
        facts.principal_id,
        facts.role_template_id,
        facts.directory_scope,
        facts.assignment_kind

),

described as (

    select
        held.*,
        principals.partner_tenant_id,
        principals.principal_name,
        coalesce(roles.role_name, held.role_template_id) as role_name,
        {{ scope_in_words('held.directory_scope') }} as scope_in_words,
        dated.first_seen_date,
        dated.first_seen_date = dated.first_read_date as is_since_first_day
    from held
    inner join {{ ref('int_partner_access_dated') }} as dated
        using (tenant_id, snapshot_date, principal_id, role_template_id)
    left join {{ ref('dim_principal') }} as principals using (tenant_id, principal_id)
    left join {{ ref('int_roles_named') }} as roles using (tenant_id, role_template_id)

)

select
    described.tenant_id,
    tenants.tenant_name,
    described.snapshot_date,
    described.partner_tenant_id,
    described.principal_id,
    described.principal_name,
    described.role_template_id,
    described.role_name,
    described.is_privileged,
    described.directory_scope,
    described.scope_in_words,
    described.assignment_kind,
    described.start_at,
    described.end_at,
    described.first_seen_date,
    described.is_since_first_day,
    coalesce(described.principal_name, described.principal_id) || ' of '
    || coalesce('tenant ' || described.partner_tenant_id, 'another tenant')
    || case described.assignment_kind
        when 'eligible' then ' may become '
        when 'activated' then ' is for some hours '
        else ' is '
    end || described.role_name || ' over ' || described.scope_in_words || ', '
    -- Only PIM tells when an assignment began; an access of the first day read is older than that.
    || case
        when described.start_at is not null
            then 'since ' || strftime(described.start_at, '%Y-%m-%d')
        when described.is_since_first_day
            then 'since ' || strftime(described.first_seen_date, '%Y-%m-%d') || ' or before'
        else 'first seen on ' || strftime(described.first_seen_date, '%Y-%m-%d')
    end || '.' as sentence
from described
left join {{ ref('dim_tenant') }} as tenants using (tenant_id)
