-- Turning on security defaults as one action of a tenant where that is possible, in the place of
-- the open controls that it fulfils.
with

fulfilled as (

    select
        rated.*,
        rated.part_of_action_id is not null as is_part,
        aged.open_since_date,
        aged.is_open_since_first_record
    from {{ ref('int_open_controls_rated') }} as rated
    left join {{ ref('int_open_controls_aged') }} as aged using (tenant_id, control_id)
    where
        rated.defaults_fulfilment is not null
        and rated.is_exception is not true

),

summed as (

    select
        tenant_id,
        any_value(score_date) as score_date,
        -- A plan for one category or service finds the action by these.
        case when count(distinct control_category) filter (where is_part) = 1
                then any_value(control_category) filter (where is_part)
        end as control_category,
        case when count(distinct service) filter (where is_part) = 1
                then any_value(service) filter (where is_part)
        end as service,
        bool_and(is_identity_secure_score) filter (where is_part) as is_identity_secure_score,
        {{ sum_points('case when is_part then score_points end', 9) }} as score_points,
        {{ sum_points('case when is_part then max_points end', 9) }} as max_points,
        {{ sum_points('case when is_part then gain_points end', 9) }} as gain_points,
        {{ sum_points('case when is_part then gain_ratio end') }} as gain_ratio,
        case when count(*) filter (where is_part and counts_in_maximum is null) = 0 then true end
            as counts_in_maximum,
        min(open_since_date) filter (where is_part) as open_since_date,
        bool_or(is_open_since_first_record) filter (where is_part) as is_open_since_first_record,
        {{ listed('control_id', where='is_part') }} as part_ids,
        {{ listed('control_id', where="is_part and defaults_fulfilment = 'registration'") }}
            as registration_ids,
        {{ listed('control_id', where='not is_part') }} as likely_ids,
        {{ sum_points('case when not is_part then gain_points end', 9) }} as likely_points
    from fulfilled
    group by tenant_id
    having bool_or(is_part)

)

select
    summed.tenant_id,
    summed.score_date,
    'security_defaults' as control_id,
    'Turn on security defaults' as title,
    summed.control_category,
    summed.service,
    summed.score_points,
    summed.max_points,
    summed.gain_points,
    summed.gain_ratio,
    'default' as state,
    false as is_exception,
    summed.counts_in_maximum,
    summed.is_identity_secure_score,
    'unknown' as implementation_cost,
    'unknown' as user_impact,
    coalesce(efforts.judged_cost, 'unknown') as effective_cost,
    coalesce(efforts.judged_user_impact, 'unknown') as effective_user_impact,
    efforts.judged_has_user_impact,
    'free' as required_licence,
    'https://learn.microsoft.com/en-us/entra/fundamentals/security-defaults' as action_url,
    'Config' as action_type,
    true as is_licence_owned,
    summed.open_since_date,
    summed.is_open_since_first_record,
    'stands for ' || summed.part_ids
    || coalesce(' (' || nullif(summed.registration_ids, '') || ' as people register)', '')
    || coalesce(
        '; perhaps also for ' || nullif(summed.likely_ids, '') || ', whose '
        || printf('%.2f', summed.likely_points)
        || ' points are not counted: they were seen to follow in one tenant only',
        ''
    ) as bundle_words
from summed
left join {{ ref('control_efforts') }} as efforts
    on efforts.control_id_prefix = 'security_defaults'
