"""The lake into DuckDB: dbt compiles, DuckDB runs, shard by shard of tenants."""
