"""`posture dbt-parse`: does the dbt project parse? For the project's own checks."""

import argparse

from pipeline.cli.context import Context
from pipeline.warehouse.dbt import parse_project


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Parse into the home and name the manifest."""
    print(parse_project(context.home))
    return 0
