"""The daily job through Dagster in this process, so that `posture dev` shows every run."""

import warnings
from collections.abc import Sequence
from datetime import date

from pipeline.cli.context import Context
from pipeline.cli.dagster_home import end_stale_runs, prepare
from pipeline.defs.resources import Observer


def run_daily(
    context: Context,
    *,
    run_date: date,
    tenants: Sequence[str],
    feeds: Sequence[str],
    observer: Observer,
) -> None:
    """Run the job for one day; the caller holds the home.

    Raises what the failing stage raised; later stages are then not run.
    """
    folder = prepare(context)
    # Dagster warns of its own beta parameters, which a reader of our output cannot act on.
    warnings.filterwarnings("ignore", module="dagster")
    import dagster as dg

    from pipeline.defs import posture_definitions
    from pipeline.defs.resources import PostureHome, current_observer

    job = posture_definitions().resolve_job_def("daily_posture")
    token = current_observer.set(observer)
    try:
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            end_stale_runs(instance)
            job.execute_in_process(
                instance=instance,
                # The tag and not partition_key: a test clock may be ahead of this machine's.
                tags={"dagster/partition": run_date.isoformat()},
                run_config={
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                    "ops": {"lake": {"config": {"tenants": [*tenants], "feeds": [*feeds]}}},
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
        current_observer.reset(token)
