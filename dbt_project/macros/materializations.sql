{#
    Tables and views replaced in one statement. dbt-duckdb's own materializations write beside the
    old relation, rename twice, drop, and ask for indexes, grants and comments in between, so that
    readers never miss a relation. A build here works on a copy of the warehouse that no reader
    sees and that replaces the old one as a whole, and publishing writes the comments.
    A failed contract stops the model before the statement.
#}
{% materialization table, adapter="duckdb" -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- if config.get("contract").enforced -%}
        {{- get_assert_columns_equivalent(sql) -}}
        {%- set rows = get_select_subquery(sql) -%}
    {%- endif -%}
    {%- call statement("main") -%}
        create or replace table {{ target_relation }} as (
            {{ rows or sql }}
        )
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{- return({"relations": [target_relation]}) -}}
{%- endmaterialization %}

{% materialization view, adapter="duckdb" -%}
    {%- set target_relation = this.incorporate(type="view") -%}
    {%- call statement("main") -%}
        create or replace view {{ target_relation }} as (
            {{ sql }}
        )
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{- return({"relations": [target_relation]}) -}}
{%- endmaterialization %}
