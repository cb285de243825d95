"""`posture demo`: the whole way on invented tenants."""

import argparse
from datetime import date, timedelta
from pathlib import Path

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import require_dagster_can_read
from pipeline.cli.demo_reports import write_reports
from pipeline.cli.demo_summary import print_summary
from pipeline.cli.display import Display
from pipeline.cli.job import run_daily
from pipeline.collection.collect import collect
from pipeline.collection.outcome import require_something
from pipeline.config.register import FILE_NAME
from pipeline.config.settings import load_config
from pipeline.errors import UsageError
from pipeline.home import Home
from pipeline.sandbox import Sandbox

# Fixed, so that everybody's demo tells the same story, also when it is run again next year.
LAST_DAY = date(2026, 6, 30)
COLLECTED_DAYS = 5


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Collect five days from a sandbox; the first and the last run the full daily job."""
    home = context.home if context.home_is_given else Home(context.home.root / "demo")
    config = home.root / "tenants.yaml"
    require_dagster_can_read(home)
    if home.lake.exists() and not _is_of_a_demo(config):
        raise UsageError(f"{home.root}: holds real tenants; give the demo a --home of its own")
    demo = Context(home=home, config=config, home_is_given=True)
    days = [LAST_DAY - timedelta(days=back) for back in reversed(range(COLLECTED_DAYS))]
    shape = {"tenants": arguments.tenants, "days": arguments.days, "seed": arguments.seed}
    print(f"Demo: {arguments.tenants} invented tenants, {days[0]} to {days[-1]}, in {home.root}")
    with home.lock(), Sandbox(**shape, today=days[0], lifelike=True) as sandbox:
        sandbox.write_config(config)
        sandbox.write_register(config.with_name(FILE_NAME))
        for day in days:
            sandbox.set_today(day)
            _run_day(demo, day, is_full=day in (days[0], days[-1]))
    print_summary(demo, write_reports(demo))
    return 0


def _is_of_a_demo(config: Path) -> bool:
    """Whether an earlier demo wrote this configuration: its Graph is on this machine."""
    return config.exists() and "graph_url: https://localhost:" in config.read_text()


def _run_day(demo: Context, day: date, *, is_full: bool) -> None:
    """One day: the job that `posture run` runs, or its collection alone."""
    with Display(title=str(day)) as display:
        if is_full:
            run_daily(
                demo, run_date=day, tenants=(), feeds=(), observer=display, merges_months=False
            )
            return
        display.on_stage("collect")
        settings = load_config(demo.config)
        require_something(collect(settings, demo.home, run_date=day, progress=display.on_progress))
