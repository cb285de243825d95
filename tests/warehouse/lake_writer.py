"""Writes hand-made Graph records into a lake, through the code that a collection uses."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.graph.feeds import FEEDS
from pipeline.graph.flatten import flatten
from pipeline.graph.schemas import SCHEMAS
from pipeline.lake.log import LogRow, counted
from pipeline.lake.parts import FeedRows, Lake, TenantRows

Records = list[dict[str, Any]]
Answer = Records | Mapping[str, Records] | str
ROOTS = {name: feed.requests[0].table for name, feed in FEEDS.items()}
TABLES = {
    table.name: table
    for feed in FEEDS.values()
    for table in (*(request.table for request in feed.requests), *feed.counts)
}
# The member of a record that tells under which parent it was asked for.
PARENT = "@parent"
_RUNS = count(1)


def tenant(number: int) -> str:
    return f"{number:08d}-1111-4111-8111-111111111111"


def write_run(
    lake_root: Path,
    day: date,
    answers: Mapping[str, Mapping[str, Answer]],
    *,
    names: Mapping[str, str] | None = None,
    segments: Mapping[str, str] | None = None,
    configured: Sequence[str] | None = None,
    read_at: Mapping[str, datetime] | None = None,
    register: Records | None = None,
    principals: Records | None = None,
) -> str:
    """One run: `answers[tenant_id][feed]` is a list of records, or an outcome that failed.

    Of a feed that fills several lake tables it may be the records of each, by the table's name;
    such a table may also stand beside its feed. Records that were asked for group by group carry
    that group as `@parent`. `read_at` says when a tenant was read, where it matters. `register`
    are rows of control_register without their stamps, `principals` those of principal_register.
    """
    lake = Lake(lake_root)
    lake_root.mkdir(parents=True, exist_ok=True)
    lake.prepare()
    number = next(_RUNS)
    run_id = f"20260101T{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}000000Z-0000"
    usual = datetime.combine(day, time(9, 30), UTC) + timedelta(seconds=number)
    _write_config(lake, run_id, day, list(configured or answers), names or {}, segments or {})
    _write_register(lake, run_id, day, "control_register", register or [])
    if principals:
        _write_register(lake, run_id, day, "principal_register", principals)
    parts = []
    for tenant_id, feeds in answers.items():
        rows: list[FeedRows] = []
        log: list[LogRow] = []
        at = (read_at or {}).get(tenant_id, usual)
        for feed, answer in feeds.items():
            outcome = answer if isinstance(answer, str) else ("ok" if answer else "empty")
            if not isinstance(answer, str):
                rows += [FeedRows(at, tables) for tables in _flat(feed, answer)]
            if feed in FEEDS:
                log.append(_log_row(tenant_id, day, at, run_id, feed, outcome))
        parts.append(TenantRows(tenant_id, rows, [_vouching(row, rows) for row in log]))
    lake.write_part(parts, run_id=run_id, extract_date=day, part=1)
    return run_id


def _vouching(row: LogRow, rows: Sequence[FeedRows]) -> LogRow:
    """The log row with the rows that stand in its feed's tables, wherever they were given."""
    chunks: dict[str, list[pa.Table]] = {}
    for one in rows:
        for table, chunk in one.tables.items():
            if table in FEEDS[row.feed].tables:
                chunks.setdefault(table, []).append(chunk)
    merged = {table: pa.concat_tables(found) for table, found in chunks.items()}
    return replace(row, table_rows=counted(merged))


def _flat(name: str, answer: Records | Mapping[str, Records]) -> Iterator[dict[str, pa.Table]]:
    root = ROOTS[name].name if name in ROOTS else name
    by_table = answer if isinstance(answer, Mapping) else {root: answer}
    for table_name, records in by_table.items():
        for parent in dict.fromkeys(record.get(PARENT) for record in records):
            asked = [
                {member: value for member, value in record.items() if member != PARENT}
                for record in records
                if record.get(PARENT) == parent
            ]
            hashes = [hashlib.sha256(json.dumps(one).encode()).hexdigest() for one in asked]
            indices = range(len(asked))
            table = TABLES[table_name]
            yield flatten(table, asked, indices=indices, hashes=hashes, parent=parent).tables


def _write_config(
    lake: Lake,
    run_id: str,
    day: date,
    tenants: Sequence[str],
    names: Mapping[str, str],
    segments: Mapping[str, str],
) -> None:
    schema = SCHEMAS["tenant_config"]
    rows = [
        {
            "tenant_id": tenant_id,
            "extract_date": day,
            "collected_at": datetime.combine(day, time(9), UTC),
            "run_id": run_id,
            "name": names.get(tenant_id),
            "segment": segments.get(tenant_id),
            "cloud": "custom",
        }
        for tenant_id in tenants
    ]
    table = pa.Table.from_pylist(rows, schema=schema)
    lake.write_tables({"tenant_config": table}, extract_date=day, name=f"{run_id}-0000.parquet")


def _write_register(lake: Lake, run_id: str, day: date, table: str, entries: Records) -> None:
    at = datetime.combine(day, time(9), UTC)
    stamps = {"extract_date": day, "collected_at": at, "run_id": run_id}
    rows = [entry | stamps for entry in entries]
    written = pa.Table.from_pylist(rows, schema=SCHEMAS[table])
    lake.write_tables({table: written}, extract_date=day, name=f"{run_id}-0000.parquet")


def _log_row(
    tenant_id: str, day: date, at: datetime, run_id: str, feed: str, outcome: str
) -> LogRow:
    return LogRow(
        tenant_id=tenant_id,
        extract_date=day,
        collected_at=at,
        run_id=run_id,
        feed=feed,
        outcome=outcome,
        http_status=200,
        error_code=None,
        request_id=None,
        requests=1,
        retries=0,
        pages=1,
        rows=1,
        bytes=1,
        started_at=at,
        finished_at=at,
        unknown_fields=None,
        note=None,
    )


def control(name: str, score: float, percentage: float | None, **members: Any) -> dict[str, Any]:
    return {
        "controlCategory": "Identity",
        "controlName": name,
        "description": None,
        "score": score,
        "scoreInPercentage": percentage,
        "implementationStatus": "as text",
        **members,
    }


def record(
    tenant_id: str,
    day: date,
    controls: Records,
    *,
    maximum: float,
    score: float | None = None,
    services: Sequence[str] = ("HasAADP1",),
) -> dict[str, Any]:
    total = sum(one["score"] for one in controls) if score is None else score
    return {
        "id": f"{tenant_id}_{day.isoformat()}",
        "azureTenantId": tenant_id,
        "activeUserCount": 9,
        "createdDateTime": f"{day.isoformat()}T00:00:00Z",
        "currentScore": total,
        "enabledServices": list(services),
        "licensedUserCount": 0,
        "maxScore": maximum,
        "averageComparativeScores": [{"basis": "AllTenants", "averageScore": 50.0}],
        "controlScores": controls,
    }


def profile(
    tenant_id: str, name: str, maximum: float, *, states: Records | None = None, **members: Any
) -> dict[str, Any]:
    untouched = {
        "assignedTo": None, "comment": None, "state": "Default", "updatedBy": None,
        "updatedDateTime": None,
    }  # fmt: skip
    return {
        "id": name,
        "azureTenantId": tenant_id,
        "title": f"Title of {name}",
        "controlCategory": "Identity",
        "service": "AzureAD",
        "actionType": "Config",
        "maxScore": maximum,
        "tier": "Core",
        "userImpact": "Low",
        "implementationCost": "low",
        "rank": 10,
        "threats": ["Account breach"],
        "deprecated": False,
        "controlStateUpdates": states or [untouched],
        **members,
    }
