-- The principals and groups that the newest run has declared, each since the run from which on it
-- has been so without a break.
with

runs as (

    select
        tenant_id,
        run_id,
        extract_date,
        row_number() over (partition by tenant_id order by extract_date, run_id) as run_number,
        count(*) over (partition by tenant_id) as run_count
    from {{ ref('int_tenant_configs') }}

),

entries as (

    select
        registers.tenant_id,
        coalesce(registers.principal, registers.group_id) as declared_by,
        registers.group_id is not null as is_group,
        registers.declared_role,
        registers.owner,
        registers.reason,
        registers.review_by_date,
        runs.run_number,
        runs.run_count,
        runs.extract_date,
        row_number() over (
            partition by
                registers.tenant_id,
                coalesce(registers.principal, registers.group_id),
                registers.declared_role
            order by runs.run_number desc
        ) as place
    from {{ ref('int_principal_registers') }} as registers
    inner join runs using (tenant_id, run_id)

)

select
    entries.tenant_id,
    entries.declared_by,
    entries.is_group,
    entries.declared_role,
    arg_max_null(entries.owner, entries.run_number) as owner,
    arg_max_null(entries.reason, entries.run_number) as reason,
    arg_max_null(entries.review_by_date, entries.run_number) as review_by_date,
    min(entries.extract_date) as since_date
from entries
inner join {{ ref('int_runs') }} as newest_runs on newest_runs.is_newest
inner join runs as newest
    on
        newest_runs.run_id = newest.run_id
        and entries.tenant_id = newest.tenant_id
where
    -- Counted back from the newest run, a break shifts the one number and not the other.
    entries.run_number + entries.place = newest.run_number + 1
group by entries.tenant_id, entries.declared_by, entries.is_group, entries.declared_role
