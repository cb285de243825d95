"""`posture run`: one day, collected, built, tested and published through Dagster."""

import argparse
from collections.abc import Sequence
from datetime import date

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import require_dagster_can_read
from pipeline.cli.display import Display
from pipeline.cli.summary import (
    INCOMPLETE,
    collection_exit_code,
    print_collection,
    print_damage,
    print_snapshot,
)
from pipeline.collection.collect import has_all
from pipeline.collection.selection import checked_feeds, checked_tenants
from pipeline.config.settings import Settings, load_config
from pipeline.published.publish import is_published
from pipeline.warehouse.build import finished_build


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Run the daily job, then say what is missing; wrong use is found before anything starts."""
    require_dagster_can_read(context.home)
    settings = load_config(context.config)
    tenants = checked_tenants(settings, arguments.tenants)
    feeds = checked_feeds(arguments.feeds)
    from pipeline.graph.clock import ask_clock

    with context.home.lock(), Display() as display:
        clock = None if arguments.date else ask_clock(settings.tenants)
        run_date = clock.today if clock else arguments.date
        if is_done(context, settings, run_date, tenants, feeds):
            print(f"nothing new: all of {run_date} is collected, built and published")
            print_snapshot(context)
            return 0
        # Not before: importing Dagster and dbt takes longer than finding that nothing is new.
        from pipeline.cli.job import run_daily

        run_daily(
            context,
            run_date=run_date,
            clock=clock,
            tenants=tenants,
            feeds=feeds,
            observer=display,
            days_kept=settings.bounds.run_days,
        )
    result = display.collected
    print_collection(context, settings, result)
    print_snapshot(context)
    print_damage([*display.damage, *display.kept_small])
    return collection_exit_code(result) or (INCOMPLETE if display.damage else 0)


def is_done(
    context: Context,
    settings: Settings,
    run_date: date,
    tenants: Sequence[str],
    feeds: Sequence[str],
) -> bool:
    """Whether every stage would find that it has nothing to do."""
    home = context.home
    if not home.warehouse.exists() or not has_all(
        settings, home, run_date=run_date, tenants=tenants or None, feeds=feeds or None
    ):
        return False
    made = finished_build(home)
    return made is not None and is_published(home, made, run_date=run_date)
