"""`posture export`: one client's own copy of what is published."""

import argparse
import shlex

from pipeline.cli.context import Context
from pipeline.export import export_tenant
from pipeline.text import printable


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Write the copy, then say what it is and how to look into it."""
    made = export_tenant(context.home, arguments.tenant, arguments.output, config=context.config)
    print(
        f"{made.path}: the copy of {printable(made.tenant.tenant_name)} as of "
        f"{made.manifest.as_of}, {len(made.manifest.models)} models with {made.row_count} rows"
    )
    query = "select * from mart_posture_overview"
    print(f'Look into it with: posture sql "{query}" --home {shlex.quote(str(made.path))}')
    return 0
