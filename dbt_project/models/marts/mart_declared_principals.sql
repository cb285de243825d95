with

declarations as (

    select
        declarations.*,
        days.snapshot_date,
        coalesce(
            declarations.review_by_date,
            declarations.since_date + {{ var('exception_review_days') }}
        ) as review_due_date,
        -- A sign-in name is that of who has it now.
        coalesce(names.principal_id, declarations.declared_by) as subject_id,
        coalesce(names.user_principal_name, names.principal_name) as subject_name,
        names.principal_id is not null as is_known
    from {{ ref('int_principal_declarations') }} as declarations
    left join {{ ref('int_newest_posture_days') }} as days using (tenant_id)
    left join {{ ref('dim_principal') }} as names
        on
            declarations.tenant_id = names.tenant_id
            and (
                declarations.declared_by = lower(names.principal_id)
                or (
                    not declarations.is_group
                    and declarations.declared_by = lower(names.user_principal_name)
                )
            )
    qualify
        row_number() over (
            partition by declarations.tenant_id, declarations.declared_by
            order by names.principal_id nulls last
        ) = 1

),

checked as (

    select
        declarations.tenant_id,
        declarations.declared_by,
        count(*) as holder_count,
        array_to_string(
            list_sort(list_distinct(flatten(
                list(string_split(checked.failed_checks, ', '))
                filter (where checked.failed_checks is not null)
            ))), ', '
        ) as failed_checks,
        array_to_string(
            list_sort(list_distinct(flatten(
                list(string_split(checked.unknown_checks, ', '))
                filter (where checked.unknown_checks is not null)
            ))), ', '
        ) as unknown_checks
    from declarations
    inner join {{ ref('int_principals_checked') }} as checked
        on
            declarations.tenant_id = checked.tenant_id
            and declarations.snapshot_date = checked.snapshot_date
            and declarations.declared_by = checked.declared_by
    group by declarations.tenant_id, declarations.declared_by

),

joined as (

    select
        declarations.*,
        tenants.tenant_name,
        tenants.last_seen_date,
        coalesce(checked.holder_count, 0) as holder_count,
        -- An emergency account without a role is none.
        case
            when declarations.declared_role = 'emergency' and checked.tenant_id is null
                then case when posture.role_status in ('ok', 'empty') then 'not_standing' end
            else nullif(checked.failed_checks, '')
        end as failed_checks,
        nullif(checked.unknown_checks, '') as unknown_checks,
        posture.role_status
    from declarations
    left join checked using (tenant_id, declared_by)
    left join {{ ref('dim_tenant') }} as tenants using (tenant_id)
    left join {{ ref('fct_identity_posture_daily') }} as posture using (tenant_id, snapshot_date)

)

select
    tenant_id,
    tenant_name,
    declared_by,
    subject_id,
    case when is_group then 'group' else 'principal' end as subject_kind,
    subject_name,
    declared_role,
    is_known,
    holder_count,
    case
        when failed_checks is not null then false
        when unknown_checks is null and holder_count > 0 then true
    end as is_expected,
    failed_checks,
    unknown_checks,
    since_date,
    cast(date_diff('day', since_date, last_seen_date) as integer) as age_days,
    owner,
    reason,
    review_by_date,
    cast(review_due_date as date) as review_due_date,
    review_due_date < last_seen_date as is_review_overdue,
    last_seen_date as as_of_date
from joined
