-- What the portfolio says of these tenants' controls. What it says for the first time, says
-- otherwise or says no more is news to the records around it.
with

told as (

    select * from {{ ref('stg_graph__inferred_changes') }}

),

known as (

    select *
    from {{ previous_build('intermediate', 'int_inferred_changes_dated', {
        'tenant_id': 'varchar',
        'score_date': 'date',
        'control_id': 'varchar',
        'kind': 'varchar',
        'tenant_count': 'integer',
        'is_current': 'boolean',
    }) }}
    where is_current

)

select
    coalesce(told.tenant_id, known.tenant_id) as tenant_id,
    coalesce(told.score_date, known.score_date) as score_date,
    coalesce(told.control_id, known.control_id) as control_id,
    coalesce(told.kind, known.kind) as kind,
    coalesce(told.tenant_count, known.tenant_count) as tenant_count,
    told.tenant_id is not null as is_current,
    coalesce(told.tenant_count, 0) <> coalesce(known.tenant_count, 0) as is_news
from told
full outer join known
    on
        told.tenant_id = known.tenant_id
        and told.score_date = known.score_date
        and told.control_id = known.control_id
        and told.kind = known.kind
