"""The daily job through Dagster in this process, so that `posture dev` shows every run."""

import sqlite3
import sys
import warnings
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import dagster as dg

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import end_stale_runs, prepare
from pipeline.cli.dagster_storage import prune, set_all_aside, set_damaged_aside
from pipeline.config.bounds import Bounds
from pipeline.defs.resources import Observer, PostureHome, current_clock, current_observer
from pipeline.errors import causes
from pipeline.graph.clock import Clock


def run_daily(
    context: Context,
    *,
    run_date: date,
    tenants: Sequence[str],
    feeds: Sequence[str],
    observer: Observer,
    clock: Clock | None = None,
    days_kept: int = Bounds().run_days,
    merges_months: bool = True,
) -> None:
    """Run the job for one day; the caller holds the home.

    `clock` is Graph's where the day was not asked for and is what Graph has. Runs are shown in
    the web UI for `days_kept`; a storage of Dagster's that fails costs the record, not the day.
    Raises what the failing stage raised; later stages are then not run.
    """
    folder = prepare(context)
    _say(set_damaged_aside(folder))
    # Dagster warns of its own beta parameters, which a reader of our output cannot act on.
    warnings.filterwarnings("ignore", module="dagster")
    home = PostureHome(
        home=str(context.home.root),
        config=str(context.config),
        is_locked=True,
        merges_months=merges_months,
    )
    selection = {"tenants": [*tenants], "feeds": [*feeds]}
    options = {
        # The tag and not partition_key: a test clock may be ahead of this machine's.
        "tags": {"dagster/partition": run_date.isoformat()},
        "run_config": {
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            "ops": {"lake": {"config": selection}},
        },
    }
    tokens = current_observer.set(observer), current_clock.set(clock)
    try:
        try:
            with dg.DagsterInstance.from_config(str(folder)) as instance:
                end_stale_runs(instance)
                prune(instance, days_kept)
                _execute(home, instance, options)
        except Exception as error:
            if not _is_of_storage(error):
                raise
            _say(set_all_aside(folder, _first_line(error)))
            # What the run has done is not done again; only its record is lost.
            with dg.DagsterInstance.ephemeral() as instance:
                _execute(home, instance, options)
    except dg.DagsterExecutionInterruptedError:
        raise KeyboardInterrupt from None
    finally:
        current_observer.reset(tokens[0])
        current_clock.reset(tokens[1])


def _execute(home: PostureHome, instance: dg.DagsterInstance, options: dict[str, Any]) -> None:
    from pipeline.defs import posture_definitions

    posture_definitions().resolve_job_def("daily_posture").execute_in_process(
        instance=instance, resources={"posture": home}, **options
    )


def _is_of_storage(error: BaseException) -> bool:
    """Whether Dagster's own database failed, and nothing of the run."""
    from sqlalchemy.exc import SQLAlchemyError

    return any(isinstance(one, SQLAlchemyError | sqlite3.Error) for one in causes(error))


def _first_line(error: BaseException) -> str:
    return str(error).split("\n")[0][:200]


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"posture: {line}", file=sys.stderr, flush=True)
