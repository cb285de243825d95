{#
    delete+insert by changed days. dbt's own delete+insert removes only keys that come back with
    new rows; a day that has become empty would keep its old ones. Here every day named by
    `changed_days` loses its rows first, in the same transaction as the insert.

    Config: changed_days = model with the days, changed_key = columns both sides share.
#}
{% macro get_incremental_changed_days_sql(arg_dict) -%}
    {%- set target_relation = arg_dict["target_relation"] -%}
    {%- set columns = arg_dict["dest_columns"] | map(attribute="quoted") | join(", ") -%}
    {%- set changed_key = config.require("changed_key") -%}

    delete from {{ target_relation }} as built
    using {{ ref(config.require("changed_days")) }} as changed
    where
    {%- for column in changed_key %}
        built.{{ column }} = changed.{{ column }}{{ " and" if not loop.last }}
    {%- endfor %};

    insert into {{ target_relation }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }}
{%- endmacro %}
