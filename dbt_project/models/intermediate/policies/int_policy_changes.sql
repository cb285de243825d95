-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- Policies that appeared, went, or changed against the last day before on which all could be read.
with

read_days as (

    select
        tenant_id,
        snapshot_date,
        lag(snapshot_date) over (partition by tenant_id order by snapshot_date) as previous_date
    from {{ ref('fct_identity_posture_daily') }}
    where policy_status in ('ok', 'empty')

),

days as (

    select read_days.*
    from read_days
    inner join {{ ref('int_snapshot_days_new') }} using (tenant_id, snapshot_date)
    where read_days.previous_date is not null

),

{% for side, day in [('before', 'previous_date'), ('after', 'snapshot_date')] %}
    policies_{{ side }} as (

        select
            days.tenant_id,
            days.snapshot_date,
            days.previous_date,
            policies.policy_id,
            policies.policy_kind,
            policies.policy_name,
            policies.policy_state,
            concat_ws(
                '; ', policies.policy_name, policies.users_in_words,
                policies.applications_in_words, policies.conditions_in_words,
                policies.grants_in_words, policies.session_in_words
            ) as policy_in_words,
            policies.created_at,
            policies.modified_at
        from days
        inner join {{ ref('fct_policy_daily') }} as policies
            on
                days.tenant_id = policies.tenant_id
                and days.{{ day }} = policies.snapshot_date

    ),
{% endfor %}

compared as (

    select
        coalesce(later.tenant_id, earlier.tenant_id) as tenant_id,
        coalesce(later.snapshot_date, earlier.snapshot_date) as snapshot_date,
        coalesce(later.previous_date, earlier.previous_date) as previous_date,
        coalesce(later.policy_id, earlier.policy_id) as policy_id,
        coalesce(later.policy_kind, earlier.policy_kind) as policy_kind,
        coalesce(later.policy_name, earlier.policy_name) as policy_name,
        case
            when earlier.policy_id is null then 'policy_appeared'
            when later.policy_id is null then 'policy_removed'
            when earlier.policy_state <> later.policy_state then 'policy_state_changed'
            when
                earlier.policy_in_words <> later.policy_in_words
                or coalesce(earlier.modified_at, timestamp '1900-01-01 00:00:00')
                <> coalesce(later.modified_at, timestamp '1900-01-01 00:00:00')
                then 'policy_modified'
        end as event_kind,
        earlier.policy_state as previous_state,
        later.policy_state as new_state,
        earlier.policy_in_words as previous_words,
        later.policy_in_words as new_words,
        case
            when earlier.policy_id is null then later.created_at
            else later.modified_at
        end as event_at
    from policies_before as earlier
    full outer join policies_after as later
        on
            earlier.tenant_id = later.tenant_id
            and earlier.snapshot_date = later.snapshot_date
            and earlier.policy_id = later.policy_id

)

select
    tenant_id,
    snapshot_date,
    previous_date,
    policy_id,
    policy_kind,
    policy_name,
    event_kind,
    case event_kind when 'policy_modified' then previous_words else previous_state end
        as previous_value,
    case event_kind when 'policy_modified' then new_words else new_state end as new_value,
    event_at
from compared
where event_kind is not null
