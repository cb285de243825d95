"""What every run needs first, done once by the server that runs are forked from."""

import dbt.adapters.duckdb
import dbt.cli.main  # noqa: F401

import pipeline.cli
import pipeline.defs  # noqa: F401
from tests import quick_dbt, statements

quick_dbt.install()
statements.share()
