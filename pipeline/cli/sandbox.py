"""`posture sandbox`: a local Microsoft Graph until stopped."""

import argparse

from pipeline.cli.context import Context
from pipeline.sandbox import serve


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Serve the invented tenants in the foreground."""
    serve(
        tenants=arguments.tenants,
        days=arguments.days,
        seed=arguments.seed,
        port=arguments.port,
        write_config=arguments.write_config,
    )
    return 0
