{{
    config(
        materialized='incremental',
        changed_days='int_profile_captures_new',
        changed_key=['tenant_id', 'capture_date'],
    )
}}

{%- set attributes = [
    'title', 'control_category', 'service', 'action_type', 'action_url', 'max_points', 'tier',
    'user_impact', 'implementation_cost', 'rank', 'remediation', 'remediation_impact',
    'is_marked_deprecated', 'threats', 'state_updates', 'content_hash',
] %}

-- One row per tenant, control and day on which its profile appeared, changed or vanished: the
-- history of the catalogue without its copies. A day's rows depend only on that day's capture and
-- the rows before it.
with

observed as (

    select
        tenant_id,
        control_id,
        capture_date,
        capture_number,
        capture_count,
        {{ attributes | join(", ") }}
    from {{ ref('int_control_profiles_observed') }}

),

captures as (

    select * from {{ ref('int_profile_captures_new') }}

),

{% if is_incremental() %}
    first_captures as (

        select
            tenant_id,
            min(capture_date) as capture_date,
            max(capture_count) as capture_count
        from captures
        group by tenant_id

    ),

    history as (

        select
            changes.tenant_id,
            changes.control_id,
            changes.capture_date,
            0 as capture_number,
            first_captures.capture_count,
            {{ attributes | join(", ") }},
            changes.is_present,
            row_number() over (
                partition by changes.tenant_id, changes.control_id
                order by changes.capture_date desc
            ) as change_rank
        from {{ this }} as changes
        inner join first_captures
            on
                changes.tenant_id = first_captures.tenant_id
                and changes.capture_date < first_captures.capture_date

    ),
{% endif %}

sightings as (

    select * from observed

    {% if is_incremental() %}
        union all

        select * exclude (is_present, change_rank)
        from history
        where
            change_rank = 1
            and is_present
    {% endif %}

),

neighbours as (

    select
        *,
        lag(capture_number) over sequence as previous_number,
        lag(content_hash) over sequence as previous_hash,
        lead(capture_number) over sequence as next_number
    from sightings
    window sequence as (partition by tenant_id, control_id order by capture_number)

),

appeared as (

    select
        tenant_id,
        control_id,
        capture_date,
        true as is_present,
        coalesce(previous_number, -1) < capture_number - 1 as has_appeared,
        {{ attributes | join(", ") }}
    from neighbours
    where
        capture_number > 0
        and (
            previous_number is null
            or previous_number < capture_number - 1
            or previous_hash <> content_hash
        )

),

vanished as (

    select
        neighbours.tenant_id,
        neighbours.control_id,
        captures.capture_date,
        false as is_present,
        false as has_appeared,
    {% for attribute in attributes %}
        neighbours.{{ attribute }}{{ "," if not loop.last }}
    {% endfor %}
    from neighbours
    inner join captures
        on
            neighbours.tenant_id = captures.tenant_id
            and neighbours.capture_number + 1 = captures.capture_number
    where neighbours.next_number is distinct from neighbours.capture_number + 1

)

select * from appeared

union all

select * from vanished
