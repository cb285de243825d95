"""What every run needs first, done once by the server that runs are forked from."""

import tempfile
from pathlib import Path

import dbt.adapters.duckdb
import dbt.cli.main  # noqa: F401

import pipeline.cli
import pipeline.defs  # noqa: F401
from pipeline.home import Home
from pipeline.warehouse.dbt import parse_project
from tests import quick_dbt, statements

quick_dbt.install()
statements.share()

with tempfile.TemporaryDirectory() as _folder:
    parse_project(Home(Path(_folder)))
