"""What a worker that fell left unread: log rows say so, and nothing is missing in silence."""

from collections.abc import Iterable, Sequence

from pipeline.collection.crew import Fallen
from pipeline.collection.run_context import RunContext
from pipeline.collection.share import Share
from pipeline.graph.outcomes import Outcome
from pipeline.lake.log import LogRow, read_columns
from pipeline.lake.parts import Lake, TenantRows

WORKER_ENDED = "worker_ended"


def write_losses(
    context: RunContext, fallen: Sequence[Fallen], lake: Lake, *, workers: int
) -> list[LogRow]:
    """Log rows for what fallen workers were given and did not write, in the lake and as told.

    Raises PostureError when the lake cannot be written.
    """
    written, parts = _written(lake, context.run_id), Share(workers, workers).parts
    lost: list[LogRow] = []
    for one in fallen:
        for group in one.groups:
            rows = [
                _row(context, tenant.tenant_id, feed.name, one.ending)
                for tenant, feeds in group
                for feed in feeds
                if (tenant.tenant_id, feed.name) not in written
            ]
            if rows:
                tenants = dict.fromkeys(row.tenant_id for row in rows)
                lake.write_part(
                    [TenantRows(id, [], [r for r in rows if r.tenant_id == id]) for id in tenants],
                    run_id=context.run_id,
                    extract_date=context.run_date,
                    part=next(parts),
                )
            lost += rows
    return lost


def told(fallen: Iterable[Fallen]) -> list[str]:
    """One line for each worker that fell."""
    return [
        f"a process that read {sum(map(len, one.groups))} tenants {one.ending}; what it had "
        "finished is kept, run again for the rest (where memory ran out: limits: workers)"
        for one in fallen
    ]


def _written(lake: Lake, run_id: str) -> set[tuple[str, str]]:
    files = [path for path in lake.log_files() if path.name.startswith(f"{run_id}-")]
    tables = [read_columns(path, ("tenant_id", "feed")).to_pydict() for path in files]
    return {pair for rows in tables for pair in zip(*rows.values(), strict=True)}


def _row(context: RunContext, tenant_id: str, feed: str, ending: str) -> LogRow:
    now = context.now()
    return LogRow(
        tenant_id=tenant_id,
        extract_date=context.run_date,
        collected_at=now,
        run_id=context.run_id,
        feed=feed,
        outcome=Outcome.UNAVAILABLE.value,
        http_status=None,
        error_code=WORKER_ENDED,
        request_id=None,
        requests=0,
        retries=0,
        pages=0,
        rows=0,
        bytes=0,
        started_at=now,
        finished_at=now,
        unknown_fields=None,
        note=f"the process that read it {ending}; run again: what is complete is not read again",
        table_rows="",
    )
