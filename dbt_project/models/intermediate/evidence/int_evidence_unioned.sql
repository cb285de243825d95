-- Everything behind the controls that our feeds can explain, one row a tenant, control and thing.
with

reported as (

    select
        tenant_id,
        snapshot_date,
        topic,
        'user' as evidence_kind,
        evidence_id,
        evidence_name,
        is_behind_gap,
        detail
    from {{ ref('int_evidence_from_people') }}

    union all

    select
        tenant_id,
        snapshot_date,
        topic,
        'role_assignment' as evidence_kind,
        evidence_id,
        evidence_name,
        is_behind_gap,
        detail
    from {{ ref('int_evidence_from_assignments') }}

    union all

    select
        tenant_id,
        snapshot_date,
        topic,
        evidence_kind,
        evidence_id,
        evidence_name,
        is_behind_gap,
        detail
    from {{ ref('int_evidence_from_configurations') }}

)

select
    reported.tenant_id,
    reported.snapshot_date,
    lower(topics.control_id) as folded_control_id,
    reported.evidence_kind,
    reported.evidence_id,
    reported.evidence_name,
    reported.is_behind_gap,
    reported.detail
from reported
inner join {{ ref('control_evidence') }} as topics
    on reported.topic = topics.topic

union all

-- Entra's own recommendation names what it is about.
select
    resources.tenant_id,
    resources.snapshot_date,
    lower(resources.control_id) as folded_control_id,
    'impacted_resource' as evidence_kind,
    resources.resource_id as evidence_id,
    coalesce(resources.resource_name, resources.resource_id) as evidence_name,
    resources.status = 'active' as is_behind_gap,
    'Named by Entra''s recommendation: ' || replace(resources.status, '_', ' ') || '.'
        as detail
from {{ ref('int_recommendation_resources') }} as resources
where resources.control_id is not null
