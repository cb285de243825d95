"""`posture powerbi`: writes the Power BI project as the definition and the models are now."""

import argparse
from pathlib import Path

from pipeline.cli.context import Context
from pipeline.powerbi import write_provider_project
from pipeline.powerbi.project import DATA_FOLDER


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Write the project, or print the schema file it is made from."""
    if arguments.schema:
        from pipeline.powerbi.schema import schema_document
        from pipeline.warehouse.dbt import parse_project

        print(schema_document(parse_project(context.home)), end="")
        return 0
    target: Path = arguments.output
    write_provider_project(
        target,
        data_folder=arguments.data_folder or DATA_FOLDER,
        storage_url=arguments.storage_url,
        incremental=arguments.incremental_refresh,
    )
    print(f"Wrote {target}: open Posture.pbip in Power BI Desktop")
    return 0
