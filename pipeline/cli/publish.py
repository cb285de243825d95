"""`posture publish`: a new snapshot of the warehouse as it is."""

import argparse
from datetime import UTC, datetime

from pipeline.cli.context import Context
from pipeline.cli.summary import print_snapshot
from pipeline.lake.status import newest_day
from pipeline.published.publish import publish


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Publish, then name the snapshot."""
    with context.home.lock():
        now = datetime.now(UTC)
        run_date = arguments.date or newest_day(context.home) or now.date()
        publish(context.home, run_date=run_date, published_at=now)
    print_snapshot(context)
    return 0
