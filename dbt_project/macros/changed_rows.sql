{#
    Long: what appeared, changed and vanished are told from one sequence of days.

    The rows of `observed` in which a thing appeared or changed: its history without the copies.
    What a build made before is the context: the newest row of each thing before the replaced days,
    and those between them.

    days, day: the model with the replaced days, and their column. key: what tells one thing of a
    tenant from another. attributes: what is kept of it; of these `carried` keep their last word
    where a day does not tell, and `compared` decide what is a change (else all of them).
    With `tells_absence` every replaced day lists all there is: what it lacks has vanished, and its
    last row says so on that day.
#}
{% macro changed_rows(
    observed, days, day, key, attributes, carried=[], compared=none, tells_absence=false
) -%}
    {%- set values = "row(" ~ (compared or attributes) | join(", ") ~ ")" -%}
    with

    days as (

        select
            tenant_id,
            {{ day }},
            row_number() over (partition by tenant_id order by {{ day }}) as day_number
        from {{ ref(days) }}

    ),

    observations as (

        select
            {{ prefixed("observed", ["tenant_id", key, day]) }},
            days.day_number,
            {{ prefixed("observed", attributes) }},
            true as is_new
        from {{ observed }} as observed
        inner join days using (tenant_id, {{ day }})

    {% if is_incremental() %}
        union all

        select
            {{ prefixed("changes", ["tenant_id", key, day]) }},
            0 as day_number,
            {{ prefixed("changes", attributes) }},
            false as is_new
        from {{ this }} as changes
        inner join days as first_days
            on changes.tenant_id = first_days.tenant_id and first_days.day_number = 1
        anti join days
            on changes.tenant_id = days.tenant_id and changes.{{ day }} = days.{{ day }}
        qualify
            {{ "changes.is_present and" if tells_absence }} (
                changes.{{ day }} > first_days.{{ day }}
                or row_number() over (
                    partition by
                        changes.tenant_id, changes.{{ key }}, changes.{{ day }} < first_days.{{ day }}
                    order by changes.{{ day }} desc
                ) = 1
            )
    {% endif %}

    ),

    completed as (

        select
            tenant_id, {{ key }}, {{ day }}, day_number,
    {%- for attribute in attributes %}
            {{ "last_value(" ~ attribute ~ " ignore nulls) over so_far as " ~ attribute
                if attribute in carried else attribute }},
    {%- endfor %}
            is_new
        from observations
        window so_far as (
            partition by tenant_id, {{ key }} order by {{ day }} rows unbounded preceding
        )

    ),

    neighbours as (

        select
            *,
            {{ values }} as attribute_values,
            lag({{ values }}) over by_day as previous_values,
            lag(day_number) over by_day as previous_number,
            lead(day_number) over by_day as next_number
        from completed
        window by_day as (partition by tenant_id, {{ key }} order by {{ day }})

    )

    select
        tenant_id, {{ key }}, {{ day }},
    {%- if tells_absence %}
        true as is_present,
        coalesce(previous_number, -1) < day_number - 1 as has_appeared,
    {%- endif %}
    {{ attributes | join(", ") }}
    from neighbours
    where is_new and (
        previous_number is null or attribute_values is distinct from previous_values
        {{ "or previous_number < day_number - 1" if tells_absence }}
    )

    {%- if tells_absence %}

    union all

    select
        {{ prefixed("neighbours", ["tenant_id", key]) }},
        days.{{ day }},
        false as is_present,
        false as has_appeared,
        {{ prefixed("neighbours", attributes) }}
    from neighbours
    inner join days
        on neighbours.tenant_id = days.tenant_id and neighbours.day_number + 1 = days.day_number
    where neighbours.next_number is distinct from neighbours.day_number + 1
    {%- endif %}
{%- endmacro %}
