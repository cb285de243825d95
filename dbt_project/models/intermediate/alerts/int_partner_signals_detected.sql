-- The days on which a holder from another tenant has something new: a role that was not there when
-- the tenant was first read. What was there then is no news, and mart_partner_access shows it.
select
    news.tenant_id,
    'partner_access_new' as alert_kind,
    'role' as basis,
    news.principal_id as subject_id,
    coalesce(any_value(names.principal_name), news.principal_id) as subject_name,
    news.snapshot_date as seen_date,
    case when bool_or(news.is_privileged) then 'high' else 'medium' end as severity,
    'From ' || coalesce('tenant ' || any_value(names.partner_tenant_id), 'another tenant')
    || ', new since ' || strftime(max(news.first_seen_date), '%Y-%m-%d') || ': '
    || string_agg(
        coalesce(roles.role_name, news.role_template_id), ', '
        order by coalesce(roles.role_name, news.role_template_id), news.role_template_id
    ) || '.' as cause
from {{ ref('int_partner_access_dated') }} as news
left join {{ ref('dim_principal') }} as names using (tenant_id, principal_id)
left join {{ ref('int_roles_named') }} as roles using (tenant_id, role_template_id)
left join {{ ref('fct_principal_posture_daily') }} as people
    on
        news.tenant_id = people.tenant_id
        and news.snapshot_date = people.snapshot_date
        and news.principal_id = people.principal_id
where
    people.declared_role is distinct from 'partner'
    and news.first_seen_date > news.first_read_date
    and news.snapshot_date < news.first_seen_date + {{ var('alert_partner_days') }}
group by news.tenant_id, news.principal_id, news.snapshot_date
