with

arrived as (

    select distinct
        tenant_id,
        extract_date
    from {{ ref('int_captures_new') }}
    where
        feed = 'secure_score_control_profiles'
        and outcome in ('ok', 'empty')

)

select
    chosen.tenant_id,
    chosen.extract_date as capture_date,
    chosen.run_id,
    row_number() over (
        partition by chosen.tenant_id order by chosen.extract_date
    ) as capture_number,
    count(*) over (partition by chosen.tenant_id) as capture_count
from {{ ref('int_captures_deduplicated') }} as chosen
inner join arrived
    on
        chosen.tenant_id = arrived.tenant_id
        and chosen.extract_date = arrived.extract_date
where chosen.feed = 'secure_score_control_profiles'
