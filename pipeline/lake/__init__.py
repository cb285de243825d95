"""The lake: append-only Parquet, its log, and what it already holds."""
