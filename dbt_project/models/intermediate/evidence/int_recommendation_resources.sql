-- depends_on: {{ ref('int_recommendation_captures_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_recommendation_captures_new',
        replace_key=['tenant_id'],
    )
}}

-- What Entra lists as impacted on each tenant's newest day of recommendations: the people whose
-- rows are kept anyway, and every other object. Those left out are counted in the fact.
select
    resources.tenant_id,
    resources.snapshot_date,
    facts.control_id,
    resources.recommendation_id,
    resources.resource_id,
    resources.resource_type,
    resources.resource_name,
    resources.status,
    resources.added_at,
    resources.portal_url
from (
    {{ captured_rows('stg_graph__recommendations_impacted_resources', 'recommendations') }}
) as resources
inner join {{ ref('int_recommendation_captures_new') }} as newest
    on
        resources.tenant_id = newest.tenant_id
        and resources.snapshot_date = newest.snapshot_date
inner join {{ ref('fct_recommendation_daily') }} as facts
    on
        resources.tenant_id = facts.tenant_id
        and resources.snapshot_date = facts.snapshot_date
        and resources.recommendation_id = facts.recommendation_id
where resources.resource_id is not null
