{#
    A model as the previous build left it, for the few places that decide what this build must
    redo. `ref()` cannot say this: it would make a cycle. No rows before the first build. The model
    named must be built after the one that asks, by its own `ref` or a `-- depends_on`.
#}
{% macro previous_build(schema, name, columns) -%}
    {%- set relation = load_relation(
        api.Relation.create(database=target.database, schema=schema, identifier=name)
    ) if execute else none -%}
    {%- set empty_columns = [] -%}
    {%- for column, data_type in columns.items() -%}
        {%- do empty_columns.append("cast(null as " ~ data_type ~ ") as " ~ column) -%}
    {%- endfor -%}
    {%- if relation is none -%}
        (select {{ empty_columns | join(", ") }} where false)
    {%- else -%}
        (select {{ columns.keys() | join(", ") }} from {{ schema }}.{{ name }})
    {%- endif -%}
{%- endmacro %}
