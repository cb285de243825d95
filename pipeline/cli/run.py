"""`posture run`: one day, collected, built, tested and published through Dagster."""

import argparse
from datetime import UTC, datetime

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import require_dagster_can_read
from pipeline.cli.display import Display
from pipeline.cli.summary import collection_exit_code, print_collection, print_snapshot
from pipeline.collection.selection import checked_feeds, checked_tenants
from pipeline.config.settings import load_config


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the daily job, then say what is missing; wrong use is found before anything starts."""
    require_dagster_can_read(context.home)
    settings = load_config(context.config)
    tenants = checked_tenants(settings, arguments.tenants)
    feeds = checked_feeds(arguments.feeds)
    from pipeline.cli.job import run_daily

    with context.home.lock(), Display() as display:
        run_daily(
            context,
            run_date=arguments.date or datetime.now(UTC).date(),
            tenants=tenants,
            feeds=feeds,
            observer=display,
        )
    result = display.collected
    print_collection(context, settings, result)
    print_snapshot(context)
    return collection_exit_code(result)
