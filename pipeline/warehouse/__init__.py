"""The lake into DuckDB by dbt."""
