"""A lake of many tenants and days, made by multiplying a small one that was really collected.

Every table is there. A tenant of the large lake lives the days of one of the small lake over and
over, so that scores, people and policies move; all dates of scores move on with the days. The
catalogue of controls becomes another one day in thirty, in all tenants at once, as Microsoft does.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.collection.collect import collect
from pipeline.config.settings import load_config
from pipeline.home import Home
from pipeline.lake.names import folder_name, part_name
from pipeline.lake.shards import TENANTS_PER_SHARD
from pipeline.sandbox import Sandbox
from tests.oracle.unhurried import without_waits

FIRST = date(2026, 1, 1)
NAMES = UUID("00000000-0000-4000-8000-00000000beef")
MOVING = ("created_date_time", "create_date_time", "started_at", "finished_at", "last_synced")
SCORES = ("secure_scores", "recommendation_tenant_scores", "collection_log")
CATALOGUE = "secure_score_control_profiles"
DAYS_OF_A_CATALOGUE = 30
# Read whole every day: a date must say the same on each.
SERIES = "recommendation_tenant_scores"
CONFIG = (
    "tenant_config",
    "tenant_config_tags",
    "control_register",
    "principal_register",
    "tenant_access",
)


def small_lake(root: Path, *, tenants: int, history: int, days: int, one_in: int = 1) -> Path:
    """A lake collected from the sandbox: days of score history, then so many days of all feeds.

    With `one_in` a part of the controls and roles alone: they are three quarters of all rows.
    """
    home = Home(root / "small")
    with (
        without_waits(),
        Sandbox(
            tenants=tenants, days=history, seed=5, today=FIRST, latency=0.0, throttling=False
        ) as sandbox,
    ):
        _with_fewer_rows(sandbox, one_in)
        config = sandbox.write_config(root / "tenants.yaml")
        for number in range(days):
            sandbox.set_today(FIRST + timedelta(days=number))
            with home.lock():
                collect(load_config(config), home, run_date=sandbox.today)
    return home.lake


def _with_fewer_rows(sandbox: Sandbox, one_in: int) -> None:
    def is_kept(name: str) -> bool:
        return crc32(name.encode()) % one_in == 0

    def listed(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"value": [one for one in page["value"] if is_kept(one["id"])]}

    def scores(page: dict[str, Any]) -> dict[str, Any]:
        for record in page["value"]:
            found = record["controlScores"]
            record["controlScores"] = [one for one in found if is_kept(one["controlName"])]
        return page

    edits = {
        "/secureScores": scores,
        "/secureScoreControlProfiles": listed,
        "/roleDefinitions": listed,
    }
    for tenant in sandbox.tenants:
        for path, change in edits.items():
            sandbox.edits.add(tenant_id=tenant.tenant_id, path=path, function=change)


@dataclass(frozen=True)
class SmallLake:
    """The rows of a collected lake by day, table and tenant."""

    days: Sequence[date]
    tenants: Sequence[str]
    rows: Mapping[tuple[date, str], pa.Table]

    @classmethod
    def read(cls, root: Path) -> "SmallLake":
        rows: dict[tuple[date, str], pa.Table] = {}
        for folder in sorted(root.glob("*/extract_date=*")):
            day = date.fromisoformat(folder.name.removeprefix("extract_date="))
            files = [pq.ParquetFile(path).read() for path in sorted(folder.glob("*.parquet"))]
            whole = pa.concat_tables(files, promote_options="default")
            rows[day, folder.parent.name] = _undictionaried(whole)
        days = sorted({day for day, _ in rows})
        tenants = sorted(set(rows[days[0], "tenant_config"]["tenant_id"].to_pylist()))
        return cls(days, tenants, rows)

    def lived(self, number: int) -> list[tuple[date, str]]:
        """What a day of the large lake repeats, as days and tables of this one."""
        others = len(self.days) - 1
        source = self.days[1 + (number - 1) % others if number else 0]
        catalogue = self.days[1 + number // DAYS_OF_A_CATALOGUE % others if number else 0]
        days = {CATALOGUE: catalogue, SERIES: self.days[0]}
        return sorted(
            (day, table)
            for day, table in self.rows
            if day == next((one for name, one in days.items() if table.startswith(name)), source)
        )


def multiply(
    small: SmallLake,
    root: Path,
    *,
    tenants: int,
    days: Sequence[date],
    first: int = 0,
    per_shard: int = TENANTS_PER_SHARD,
) -> None:
    """Write a lake whose first day is the small lake's first and whose others are the rest's.

    `first` is the number of the first of the days where the lake has others already.
    """
    ids = [str(uuid5(NAMES, str(number))) for number in range(tenants)]
    shards = [ids[start : start + per_shard] for start in range(0, tenants, per_shard)]
    of_shard: dict[tuple[int, date, str], pa.Table] = {}
    for number, day in enumerate(days, start=first):
        run_id = f"{day:%Y%m%d}T060000000000Z-{number:04x}"
        configured: dict[str, list[pa.Table]] = defaultdict(list)
        for shard, members in enumerate(shards):
            for source, table in small.lived(number):
                key = shard, source, table
                if key not in of_shard:
                    of_shard[key] = _of_tenants(small, source, table, members, shard * per_shard)
                rows = _on_day(of_shard[key], table, source, day, run_id)
                if table in CONFIG:
                    configured[table].append(rows)
                else:
                    _write(root, table, rows, day, part_name(run_id, shard + 1))
                if table == "tenant_config":
                    rows = _with(rows, "shard", pa.scalar(shard, pa.int32()))
                    configured[table][-1] = rows
        for table, parts in configured.items():
            _write(root, table, pa.concat_tables(parts), day, part_name(run_id, 0))


def _of_tenants(
    small: SmallLake, day: date, table: str, members: Sequence[str], first: int
) -> pa.Table:
    rows = small.rows[day, table]
    if table in CONFIG:
        rows = rows.filter(pc.equal(rows["run_id"], pc.max(rows["run_id"])))
    own = {one: rows.filter(pc.equal(rows["tenant_id"], one)) for one in small.tenants}
    parts = []
    for number, tenant in enumerate(members, start=first):
        source = small.tenants[number % len(small.tenants)]
        part = own[source]
        for name in ("tenant_id", "azure_tenant_id", "id", "parent_id"):
            if name in part.column_names and part[name].type == pa.string():
                renamed = pc.replace_substring(part[name], source, tenant)
                part = part.set_column(part.column_names.index(name), name, renamed)
        parts.append(part)
    return pa.concat_tables(parts).combine_chunks()


def _on_day(rows: pa.Table, table: str, source: date, day: date, run_id: str) -> pa.Table:
    delta = pa.scalar(day - source, pa.duration("us"))
    moved = ["collected_at", *(MOVING if table.startswith(SCORES) else ())]
    for name in moved:
        if name in rows.column_names and pa.types.is_timestamp(rows[name].type):
            column = pc.cast(pc.add(rows[name], delta), rows[name].type)
            rows = rows.set_column(rows.column_names.index(name), name, column)
    if table.startswith("secure_scores"):
        for name in ("id", "parent_id"):
            if name in rows.column_names:
                column = _dated_anew(rows[name], day - source)
                rows = rows.set_column(rows.column_names.index(name), name, column)
    if table == SERIES:
        rows = _of_its_dates(rows, (day - source).days)
    rows = _with(rows, "extract_date", pa.scalar(day, pa.date32()))
    return _with(rows, "run_id", pa.scalar(run_id, pa.string()))


def _of_its_dates(rows: pa.Table, later: int) -> pa.Table:
    """The series of each tenant, newest first, so many days later: each date keeps its values."""
    index = rows["record_index"].to_numpy()
    starts = np.flatnonzero(index == 0)
    lengths = np.diff(np.append(starts, len(index)))
    places = np.repeat(starts, lengths) + (index - later) % np.repeat(lengths, lengths)
    for name in ("tenant_score", "tenant_max_score"):
        rows = rows.set_column(rows.column_names.index(name), name, rows[name].take(places))
    return rows


def _dated_anew(ids: pa.ChunkedArray, delta: timedelta) -> pa.ChunkedArray:
    """Ids of score records end with their date, `<tenant>_2026-06-29`."""
    dictionary = ids.combine_chunks().dictionary_encode()
    told = [
        one[:-10] + (date.fromisoformat(one[-10:]) + delta).isoformat()
        for one in dictionary.dictionary.to_pylist()
    ]
    named = pa.DictionaryArray.from_arrays(dictionary.indices, pa.array(told, pa.string()))
    return pa.chunked_array([named.cast(pa.string())])


def _with(rows: pa.Table, name: str, value: pa.Scalar) -> pa.Table:
    column = pa.repeat(value, rows.num_rows)
    if name not in rows.column_names:
        return rows.append_column(name, column)
    return rows.set_column(rows.column_names.index(name), name, column)


def _write(root: Path, table: str, rows: pa.Table, day: date, name: str) -> None:
    if rows.num_rows:
        path = root / table / folder_name(day) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, path, compression="zstd")


def _undictionaried(rows: pa.Table) -> pa.Table:
    fields = [
        pa.field(one.name, one.type.value_type) if pa.types.is_dictionary(one.type) else one
        for one in rows.schema
    ]
    return rows.cast(pa.schema(fields))


def consecutive(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]
