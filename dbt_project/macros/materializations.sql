{#
    Tables, views and incremental models written in one statement. dbt-duckdb's own
    materializations write beside the old relation, rename twice, drop, and ask for columns,
    indexes, grants and comments in between, so that readers never miss a relation and models can
    change. A build here works on a copy of the warehouse that no reader sees and that replaces the
    old one as a whole, other models start a warehouse anew, and publishing writes the comments.
    A failed contract stops the model before the statement.
#}
{% macro contracted_rows(sql) -%}
    {%- if config.get("contract").enforced -%}
        {{- get_assert_columns_equivalent(sql) -}}
        {{ get_select_subquery(sql) }}
    {%- else -%}
        {{ sql }}
    {%- endif -%}
{%- endmacro %}

{% materialization table, adapter="duckdb" -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set rows = contracted_rows(sql) -%}
    {%- call statement("main") -%}
        create or replace table {{ target_relation }} as (
            {{ rows }}
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

{# A contract holds from the first build on: the rows of later ones fit into its table or fail. #}
{% materialization incremental, adapter="duckdb" -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- if is_incremental() -%}
        {%- set new_rows = api.Relation.create(identifier=this.identifier ~ "__new") -%}
        {%- set strategy = adapter.get_incremental_strategy_macro(
            context, config.require("incremental_strategy")
        ) -%}
        {%- set replacement = strategy({
            "target_relation": target_relation,
            "temp_relation": new_rows,
            "unique_key": config.get("unique_key"),
            "dest_columns": adapter.get_columns_in_relation(target_relation),
            "incremental_predicates": none,
        }) -%}
        {%- call statement("main") -%}
            create temporary table {{ new_rows }} as (
                {{ sql }}
            );
            {{ replacement }};
            drop table {{ new_rows }}
        {%- endcall -%}
    {%- else -%}
        {%- set rows = contracted_rows(sql) -%}
        {%- call statement("main") -%}
            create or replace table {{ target_relation }} as (
                {{ rows }}
            )
            {%- if is_published_by_month() -%};
                {{ record_days_of_first_build(target_relation) }}
            {%- endif -%}
        {%- endcall -%}
    {%- endif -%}
    {%- do adapter.commit() -%}
    {{- return({"relations": [target_relation]}) -}}
{%- endmaterialization %}
