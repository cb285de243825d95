with

new_captures as (

    select distinct
        tenant_id,
        extract_date
    from {{ ref('int_captures_new') }}
    where
        feed = 'secure_score_control_profiles'
        and outcome in ('ok', 'empty')

)

select
    captures.tenant_id,
    captures.extract_date as capture_date,
    captures.run_id
from {{ ref('int_captures_deduplicated') }} as captures
inner join new_captures
    on
        captures.tenant_id = new_captures.tenant_id
        and captures.extract_date = new_captures.extract_date
where captures.feed = 'secure_score_control_profiles'
