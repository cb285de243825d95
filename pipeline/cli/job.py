"""The daily job through Dagster in this process, so that `posture dev` shows every run."""

import warnings
from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import end_stale_runs, prepare
from pipeline.defs.resources import Observer
from pipeline.graph.clock import Clock


def run_daily(
    context: Context,
    *,
    run_date: date,
    tenants: Sequence[str],
    feeds: Sequence[str],
    observer: Observer,
    clock: Clock | None = None,
) -> None:
    """Run the job for one day; the caller holds the home.

    `clock` is Graph's where the day was not asked for and is what Graph has.
    Raises what the failing stage raised; later stages are then not run.
    """
    folder = prepare(context)
    # Dagster warns of its own beta parameters, which a reader of our output cannot act on.
    warnings.filterwarnings("ignore", module="dagster")
    import dagster as dg

    from pipeline.defs import posture_definitions
    from pipeline.defs.resources import PostureHome, current_clock, current_observer

    job = posture_definitions().resolve_job_def("daily_posture")
    selection: dict[str, Any] = {"tenants": [*tenants], "feeds": [*feeds]}
    tokens = current_observer.set(observer), current_clock.set(clock)
    try:
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            end_stale_runs(instance)
            job.execute_in_process(
                instance=instance,
                # The tag and not partition_key: a test clock may be ahead of this machine's.
                tags={"dagster/partition": run_date.isoformat()},
                run_config={
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                    "ops": {"lake": {"config": selection}},
                },
                resources={
                    "posture": PostureHome(
                        home=str(context.home.root), config=str(context.config), is_locked=True
                    )
                },
            )
    except dg.DagsterExecutionInterruptedError:
        raise KeyboardInterrupt from None
    finally:
        current_observer.reset(tokens[0])
        current_clock.reset(tokens[1])
