{#
    Replaces days. dbt's own delete+insert removes only keys that come back with new rows; a day
    that has become empty would keep its old ones. Here every day named by `replace_days` loses its
    rows first, in the same transaction as the insert.

    Config: replace_days = model with the days, replace_key = columns both sides share.

    Of a fact that is published by month the old and the new rows of each day are compared as one
    number, whatever their order: a day computed again mostly gets the same rows again, and a month
    without a difference need not be published again. Sums, so that two equal rows do not cancel
    each other out, over the types of the table, so that a literal is no difference.
#}
{% macro get_incremental_replace_days_sql(arg_dict) -%}
    {%- set target_relation = arg_dict["target_relation"] -%}
    {%- set new_rows = arg_dict["temp_relation"] -%}
    {%- set columns = arg_dict["dest_columns"] -%}
    {%- set names = columns | map(attribute="quoted") | join(", ") -%}
    {%- set days = ref(config.require("replace_days")) -%}
    {%- set replace_key = config.require("replace_key") -%}
    {%- if is_published_by_month() -%}
        {%- set key = replace_key | join(", ") -%}
        {%- set old_contents = api.Relation.create(identifier=this.identifier ~ "__old") -%}

        create temporary table {{ old_contents }} as (
            select {{ key }}, sum(hash({{ names }})) as content
            from {{ target_relation }} as built
            semi join {{ days }} as days using ({{ key }})
            group by {{ key }}
        );

        delete from ops.changed_days
        where model = '{{ this.identifier }}';

        insert into ops.changed_days
        select '{{ this.identifier }}', {{ key }}
        from {{ old_contents }} as old_days
        full join (
            select
                {{ key }},
                sum(hash(
    {%- for column in columns %}
                    cast({{ column.quoted }} as {{ column.data_type }}){{ "," if not loop.last }}
    {%- endfor %}
                )) as content
            from {{ new_rows }}
            group by {{ key }}
        ) as new_days using ({{ key }})
        where old_days.content is distinct from new_days.content;

        drop table {{ old_contents }};

        {{ touch_months() }};
    {% endif %}

    delete from {{ target_relation }} as built
    using {{ days }} as days
    where
    {%- for column in replace_key %}
        built.{{ column }} = days.{{ column }}{{ " and" if not loop.last }}
    {%- endfor %};

    insert into {{ target_relation }} ({{ names }})
    select {{ names }} from {{ new_rows }}
{%- endmacro %}

{% macro is_published_by_month() -%}
    {{ return(config.get("meta", {}).get("publish") == "monthly") }}
{%- endmacro %}

{# Every day of a table that was just made is changed. #}
{% macro record_days_of_first_build(relation) -%}
    insert into ops.changed_days
    select distinct '{{ this.identifier }}', {{ config.require("replace_key") | join(", ") }}
    from {{ relation }};

    {{ touch_months() }}
{%- endmacro %}

{# The version of a month of this fact rises, so that publishing writes the month again. #}
{% macro touch_months() -%}
    insert into ops.touched_months
    select distinct
        model,
        strftime(day, '%Y-%m'),
        1
    from ops.changed_days
    where model = '{{ this.identifier }}'
    on conflict do update set version = version + 1
{%- endmacro %}
