-- depends_on: {{ ref('int_tenants_to_rebuild') }}
-- depends_on: {{ ref('int_score_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_score_days_new',
        replace_key=['tenant_id', 'score_date'],
    )
}}

with

chosen as (

    select * from {{ ref('int_score_captures_ranked') }}
    where capture_rank = 1

),

services as (

    select
        run_id,
        tenant_id,
        record_index,
        string_agg(distinct service, ',' order by service) as enabled_services,
        bool_or(upper(service) = 'HASAADP2') as has_p2,
        bool_or(upper(service) = 'HASAADP1') as has_p1,
        bool_or(upper(service) = 'HASAADFREE') as has_free
    from {{ ref('stg_graph__secure_scores_enabled_services') }}
    group by run_id, tenant_id, record_index

)

select
    chosen.tenant_id,
    chosen.score_date,
    chosen.current_score,
    chosen.max_score,
    chosen.active_user_count,
    chosen.collected_at,
    not chosen.has_rich_capture as is_backfilled,
    services.enabled_services,
    case
        when services.has_p2 then 'p2'
        when services.has_p1 then 'p1'
        when services.has_free then 'free'
    end as licence_tier
from chosen
left join services
    on
        chosen.run_id = services.run_id
        and chosen.tenant_id = services.tenant_id
        and chosen.record_index = services.record_index
