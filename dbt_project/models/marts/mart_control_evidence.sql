with

evidence as (

    select * from {{ ref('int_evidence_unioned') }}

),

scores as (

    select
        newest.*,
        lower(newest.control_id) as folded_control_id
    from ({{ newest_controls() }}) as newest

),

-- What configuration says of a control: every thing behind it is well, or some is not.
configurations as (

    select
        tenant_id,
        folded_control_id,
        any_value(snapshot_date) as snapshot_date,
        case
            when bool_or(is_behind_gap) then 'open'
            when bool_or(is_behind_gap is null) then 'unknown'
            else 'done'
        end as configuration_says
    from evidence
    where evidence_kind <> 'impacted_resource'
    group by tenant_id, folded_control_id

),

controls as (

    select
        scores.*,
        configurations.configuration_says,
        case
            when scores.implementation_level = 'full' then 'done'
            when scores.implementation_level = 'unknown' then 'unknown'
            else 'open'
        end as secure_score_says,
        case
            when recommendations.recommendation_status like 'completed%' then 'done'
            when recommendations.recommendation_status = 'active' then 'open'
            when recommendations.recommendation_status is not null then 'excepted'
        end as recommendation_says
    from scores
    left join configurations using (tenant_id, folded_control_id)
    left join {{ ref('int_control_recommendations_matched') }} as recommendations
        using (tenant_id, control_id)

),

compared as (

    select
        *,
        list_distinct(list_filter(
            [secure_score_says, recommendation_says, configuration_says],
            said -> said in ('done', 'open')
        )) as sides,
        len(list_filter(
            [secure_score_says, recommendation_says, configuration_says],
            said -> said in ('done', 'open')
        )) as side_count
    from controls

)

select
    evidence.tenant_id,
    compared.control_id,
    evidence.evidence_kind,
    evidence.evidence_id,
    evidence.evidence_name,
    evidence.is_behind_gap,
    evidence.detail,
    evidence.snapshot_date,
    compared.score_date,
    compared.score_points,
    compared.max_points,
    compared.score_ratio,
    compared.secure_score_says,
    compared.recommendation_says,
    compared.configuration_says,
    case when compared.side_count >= 2 then len(compared.sides) = 1 end as sources_agree,
    case
        when compared.side_count < 2 or len(compared.sides) = 1 then null
        when {{ is_excepted('compared.state') }}
            then 'exception: the control is marked ' || replace(compared.state, '_', ' ')
        when not licences.is_licence_owned and fulfilled.is_counted is not true
            then 'licence: the control needs ' || upper(licences.required_licence)
                || ', which the tenant does not own'
        when compared.last_synced_at < cast(evidence.snapshot_date as timestamp) - interval 1 day
            then 'lag: Secure Score last looked on '
                || strftime(compared.last_synced_at, '%Y-%m-%d')
        when compared.score_date < evidence.snapshot_date
            then 'lag: the newest score is of ' || strftime(compared.score_date, '%Y-%m-%d')
        when compared.configuration_says = 'open'
            then 'exclusion: someone or something is left out that the others do not count'
        else 'the others count by rules that the configuration we read does not show'
    end as disagreement_reason
from evidence
inner join compared using (tenant_id, folded_control_id)
left join {{ ref('dim_tenant') }} as tenants using (tenant_id)
left join {{ ref('int_control_licences_owned') }} as licences
    on
        compared.control_id = licences.control_id
        and tenants.licence_tier is not distinct from licences.tenant_tier
left join {{ ref('int_security_defaults_controls') }} as fulfilled
    on
        evidence.tenant_id = fulfilled.tenant_id
        and lower(compared.control_id) = fulfilled.folded_control_id
