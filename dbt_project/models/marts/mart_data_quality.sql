with

as_of as (

    select * from {{ ref('int_build_date') }}

),

orphans as (

    select
        controls.tenant_id,
        controls.match_status || '_controls' as finding,
        'secure_score_control_profiles' as feed,
        '' as subject,
        min(controls.valid_from) as first_date,
        any_value(as_of.as_of_date) as last_date,
        count(*) as finding_count,
        case controls.match_status
            when 'score_only' then 'Scored controls that no profile describes: '
            else 'Profiles of controls that this tenant is not scored on: '
        end || left(string_agg(controls.control_id, ', ' order by controls.control_id), 200)
            as detail
    from {{ ref('dim_control') }} as controls
    cross join as_of
    where
        controls.is_current
        and controls.match_status <> 'matched'
    group by controls.tenant_id, controls.match_status

),

findings as (

    select * from {{ ref('int_score_findings') }}
    union all
    select * from {{ ref('int_feed_findings') }}
    union all
    select * from {{ ref('int_control_findings') }}
    union all
    select * from {{ ref('int_tenant_findings') }}
    union all
    select * from {{ ref('int_application_findings') }}
    union all
    select * from {{ ref('int_declaration_findings') }}
    union all
    select * from orphans

),

-- A tenant that was never read has no name but that of the configuration.
configured as (

    select
        tenant_id,
        arg_max(tenant_name, run_id) as tenant_name
    from {{ ref('int_tenant_configs') }}
    group by tenant_id

)

select
    findings.tenant_id,
    coalesce(tenants.tenant_name, configured.tenant_name, findings.tenant_id) as tenant_name,
    findings.finding,
    findings.feed,
    findings.subject,
    cast(findings.first_date as date) as first_date,
    cast(findings.last_date as date) as last_date,
    advices.severity,
    cast(findings.finding_count as bigint) as finding_count,
    cast(date_diff('day', findings.last_date, as_of.as_of_date) as integer) as age_days,
    findings.detail,
    advices.next_step
from findings
cross join as_of
left join {{ ref('finding_advices') }} as advices using (finding)
left join {{ ref('dim_tenant') }} as tenants using (tenant_id)
left join configured using (tenant_id)
