-- The controls of each tenant's newest record with the principle of Zero Trust that they serve.
with

controls as (

    {{ newest_controls() }}
    where facts.counts_in_maximum is distinct from false

),

control_ids as (

    select distinct
        control_id,
        -- One app connected several times has its controls once for each: `12455.MDA_GitHub_…`.
        lower(regexp_replace(control_id, '^[0-9]+\.', '')) as family_name
    from controls

),

-- A control that is named wins over its family, a longer prefix over a shorter one.
placed as (

    select
        control_ids.control_id,
        arg_max(seed.principle, length(seed.item)) as principle,
        arg_max(seed.pillar, length(seed.item)) as pillar
    from control_ids
    inner join {{ ref('zero_trust_principles') }} as seed
        on
            (
                seed.item_kind = 'control'
                and control_ids.family_name = lower(seed.item)
            )
            or (
                seed.item_kind = 'prefix'
                and starts_with(control_ids.family_name, lower(seed.item))
            )
    group by control_ids.control_id

)

select
    controls.tenant_id,
    controls.score_date,
    controls.control_id,
    coalesce(placed.principle, 'other') as principle,
    coalesce(placed.pillar, 'other') as pillar,
    controls.score_points,
    controls.max_points,
    controls.score_ratio
from controls
left join placed using (control_id)
