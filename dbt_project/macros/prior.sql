{#
    A model as the previous build left it, for the few places that decide what this build must
    redo. `ref()` cannot say this: it would make a cycle. Yields `if_none` before the first build.
#}
{% macro prior(schema, name, columns) -%}
    {%- set relation = load_relation(
        api.Relation.create(database=target.database, schema=schema, identifier=name)
    ) if execute else none -%}
    {%- if relation is none -%}
        (
            select
                {%- for column, data_type in columns.items() %}
                cast(null as {{ data_type }}) as {{ column }}{{ "," if not loop.last }}
                {%- endfor %}
            where false
        )
    {%- else -%}
        (select {{ columns.keys() | join(", ") }} from {{ schema }}.{{ name }})
    {%- endif -%}
{%- endmacro %}
