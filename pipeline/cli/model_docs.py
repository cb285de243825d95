"""`posture model-docs`: prints docs/models.md as the dbt project is now. For the project itself."""

import argparse

from pipeline.cli.context import Context
from pipeline.warehouse.dbt import parse_project
from pipeline.warehouse.model_docs import models_document


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print the page."""
    print(models_document(parse_project(context.home)), end="")
    return 0
