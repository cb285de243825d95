{#
    Tables, views and incremental models written in one statement. dbt-duckdb's own
    materializations write beside the old relation, rename twice, drop, and ask for columns,
    indexes, grants and comments in between, so that readers never miss a relation and models can
    change. A build here runs these statements in one transaction that no reader sees, other models
    start a warehouse anew, and publishing writes the comments. A failed contract stops the model
    before the statement. It is asked for where dbt makes the empty warehouse: the same models make
    the same columns ever after.
#}
{% macro contracted_rows(sql) -%}
    {%- if config.get("contract").enforced -%}
        {%- if load_cached_relation(this) is none -%}
            {{- get_assert_columns_equivalent(sql) -}}
        {%- endif -%}
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

{# Columns as a strategy wants them; dbt's own way of asking looks through every column there is. #}
{% macro columns_of(relation) -%}
    {%- set columns = [] -%}
    {%- for row in run_query("describe " ~ relation).rows -%}
        {%- do columns.append(
            {"name": row[0], "quoted": adapter.quote(row[0]), "data_type": row[1]}
        ) -%}
    {%- endfor -%}
    {{- return(columns) -}}
{%- endmacro %}

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
            "dest_columns": columns_of(target_relation),
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
