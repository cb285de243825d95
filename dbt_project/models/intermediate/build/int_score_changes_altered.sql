-- The replaced records whose changes came out different: their months must be published again.
with

after_build as (

    {{ facts_hash(
        ref('fct_score_change'), score_change_columns(), 'int_score_changes_to_rebuild'
    ) }}

)

select
    due.tenant_id,
    due.score_date
from {{ ref('int_score_changes_to_rebuild') }} as due
left join {{ ref('int_score_changes_before') }} as before_build
    on
        due.tenant_id = before_build.tenant_id
        and due.score_date = before_build.score_date
left join after_build
    on
        due.tenant_id = after_build.tenant_id
        and due.score_date = after_build.score_date
where before_build.content_hash is distinct from after_build.content_hash
