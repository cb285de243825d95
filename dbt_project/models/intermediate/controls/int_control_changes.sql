-- Long: what makes a row, and what it carries on, are one walk over the days.
-- depends_on: {{ ref('int_score_days_to_rebuild') }}
{{
    config(
        materialized='incremental',
        replace_days='int_score_days_to_rebuild',
        replace_key=['tenant_id', 'score_date'],
    )
}}

{%- set carried = ['open_since_date', 'trouble_since_date', 'event_date'] %}

-- The history of every control without its copies: a row where something changed, and what later
-- rows need to know of the time before. A tenant's days are replaced from one day on, so the rows
-- before it stand, and the newest of them carries everything over.
with

compared as (

    select
        *,
        score_ratio < 1 and not ({{ is_excepted("coalesce(state, 'default')") }}) as is_open,
        implementation_level = 'full' as is_full,
        false as is_context,
    {%- for column in carried %}
        cast(null as date) as carried_{{ column }}{{ "," if not loop.last }}
    {%- endfor %}
    from {{ ref('int_control_levels_compared') }}

),

{% if is_incremental() %}
    first_days as (

        select
            tenant_id,
            min(score_date) as from_date
        from {{ ref('int_score_days_to_rebuild') }}
        group by tenant_id

    ),

    context as (

        select
            changes.tenant_id,
            changes.control_id,
            max(changes.score_date) as score_date,
            true as is_context,
        {%- for column in carried %}
            nullif(
                arg_max(
                    coalesce(changes.{{ column }}, date '9999-12-31'), changes.score_date
                ),
                date '9999-12-31'
            ) as carried_{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
        from {{ this }} as changes
        inner join first_days
            on
                changes.tenant_id = first_days.tenant_id
                and changes.score_date < first_days.from_date
        group by changes.tenant_id, changes.control_id

    ),
{% endif %}

sequence as (

    select * from compared

    {% if is_incremental() %}
        union all by name

        select * from context
    {% endif %}

),

-- Closed: scored in full, or excepted. A control that is away for a while is neither.
numbered as (

    select
        *,
        count(*) filter (where is_open is false) over history as closed_number,
        count(*) filter (where is_full) over history as full_number
    from sequence
    window history as (
        partition by tenant_id, control_id order by score_date rows unbounded preceding
    )

),

dated as (

    select
        *,
        min(case when is_context then carried_open_since_date when is_open then score_date end)
            over (
                partition by tenant_id, control_id, closed_number
                order by score_date rows unbounded preceding
            ) as open_since_date,
        min(
            case
                when is_context then carried_trouble_since_date
                when event_kind in ('opened', 'regressed') then score_date
                when event_kind = 'appeared' and score_ratio < 1 then score_date
            end
        ) over (
            partition by tenant_id, control_id, full_number
            order by score_date rows unbounded preceding
        ) as trouble_since_date,
        max(
            case
                when is_context then carried_event_date
                when event_kind is not null then score_date
            end
        ) over (
            partition by tenant_id, control_id order by score_date rows unbounded preceding
        ) as event_date
    from numbered

),

followed as (

    select
        *,
        lag(trouble_since_date) over history as trouble_before_date,
        lag(event_date) over history as previous_event_date
    from dated
    window history as (partition by tenant_id, control_id order by score_date)

)

select
    tenant_id,
    score_date,
    control_id,
    previous_date,
    is_backfilled,
    is_scored,
    score_points,
    max_points,
    score_ratio,
    implementation_level,
    state,
    is_open,
    previous_score_points,
    previous_max_points,
    previous_score_ratio,
    previous_level,
    event_kind,
    open_since_date,
    trouble_since_date,
    event_date,
    previous_event_date,
    case when event_kind = 'completed' then trouble_before_date end as fix_started_date
from followed
where not is_context
