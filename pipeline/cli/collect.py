"""`posture collect`: Microsoft Graph to the lake, and no more."""

import argparse

from pipeline.cli.context import Context
from pipeline.cli.display import Display
from pipeline.cli.summary import collection_exit_code, print_collection
from pipeline.collection.collect import collect
from pipeline.collection.outcome import require_something
from pipeline.collection.selection import checked_feeds, checked_tenants
from pipeline.config.settings import load_config
from pipeline.graph.clock import ask_clock


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Collect one day, then say what is missing."""
    settings = load_config(context.config)
    tenants = checked_tenants(settings, arguments.tenants)
    feeds = checked_feeds(arguments.feeds)
    with context.home.lock(), Display() as display:
        display.on_stage("collect")
        clock = None if arguments.date else ask_clock(settings.tenants)
        result = collect(
            settings,
            context.home,
            run_date=clock.today if clock else arguments.date,
            clock=clock,
            tenants=tenants or None,
            feeds=feeds or None,
            progress=display.on_progress,
        )
    require_something(result)
    print_collection(context, settings, result)
    return collection_exit_code(result)
