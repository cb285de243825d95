"""Reads the rows of a part, wherever they stand by now: in a file of its own or in a merged one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.lake.merged import Place, place_of
from pipeline.text import literal, one_file, one_of, quoted

PART = "part"
_Spans = dict[str, tuple[int, int]]


def read_part(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> pa.Table:
    """Columns of the rows that were written to this path. Raises OSError and pa.ArrowInvalid.

    Those that are optional are there where the file has them.
    """
    place = place_of(path)
    wanted = (tuple(columns), tuple(optional))
    if place is None:
        return _read(path, *wanted)
    if place.file is None:
        raise FileNotFoundError(f"{path}: was merged and has no rows")
    rows, spans = _rows_by_part(place.file, place.file.stat().st_mtime_ns, *wanted)
    return rows.slice(*spans.get(place.part, (0, 0)))


def rows_by_tenant(path: Path) -> Counter[str]:
    """How many rows each tenant has of those written to this path. Raises as `read_part`."""
    place = place_of(path)
    if place is None or place.file is None:
        tenants = read_part(path, ["tenant_id"])["tenant_id"]
        counts = tenants.value_counts()
        return Counter({one["values"].as_py(): one["counts"].as_py() for one in counts})
    tenants, spans = _counts_by_part(place.file, place.file.stat().st_mtime_ns)
    first, count = spans.get(place.part, (0, 0))
    return Counter(dict(zip(*tenants.slice(first, count).to_pydict().values(), strict=True)))


def read_part_of_tenant(path: Path, tenant_id: str) -> pa.Table:
    """The rows of one tenant that were written to this path."""
    place = place_of(path)
    wanted = [("tenant_id", "=", tenant_id)]
    if place is None:
        return pq.read_table(path, partitioning=None, filters=wanted)
    if place.file is None:
        raise FileNotFoundError(f"{path}: was merged and has no rows")
    wanted.append((PART, "=", place.part))
    return pq.read_table(place.file, partitioning=None, filters=wanted).drop_columns([PART])


def _read(
    path: Path, columns: Sequence[str], optional: Sequence[str], dictionary: Sequence[str] = ()
) -> pa.Table:
    with pq.ParquetFile(path, read_dictionary=[*dictionary]) as file:
        there = [name for name in optional if name in file.schema_arrow.names]
        return file.read(columns=[*columns, *there])


# Who goes over the parts of a month asks for one after the other: the file is read once for them.
@lru_cache(maxsize=2)
def _rows_by_part(
    file: Path, _: int, columns: tuple[str, ...], optional: tuple[str, ...]
) -> tuple[pa.Table, _Spans]:
    texts = [field.name for field in pq.read_schema(file) if pa.types.is_string(field.type)]
    rows = _read(file, (*columns, PART), optional, dictionary=texts)
    return rows.drop_columns([PART]), _spans(rows[PART])


# A few bytes a part and tenant, for all tables of a month: a check goes part by part.
@lru_cache(maxsize=128)
def _counts_by_part(file: Path, _: int) -> tuple[pa.Table, _Spans]:
    with pq.ParquetFile(file, read_dictionary=[PART, "tenant_id"]) as source:
        counted = [
            pa.table(batch)
            .group_by([PART, "tenant_id"], use_threads=False)
            .aggregate([([], "count_all")])
            for batch in source.iter_batches(columns=[PART, "tenant_id"])
        ]
    rows = pa.concat_tables(counted).unify_dictionaries().combine_chunks()
    # A part may stand on both sides of the border of two batches, and groups come in any order.
    rows = rows.group_by([PART, "tenant_id"], use_threads=False).aggregate([("count_all", "sum")])
    place = rows.column_names.index(PART)
    rows = rows.set_column(place, PART, rows[PART].cast(pa.string())).sort_by(PART)
    return rows.select(["tenant_id", "count_all_sum"]), _spans(rows[PART])


def _spans(parts: pa.ChunkedArray) -> _Spans:
    """Where each part begins and how many rows it has: merged rows are in the order of parts."""
    runs = pc.run_end_encode(parts.cast(pa.string()).combine_chunks())
    ends = runs.run_ends.to_pylist()
    starts = [0, *ends[:-1]]
    return {
        part: (start, end - start)
        for part, start, end in zip(runs.values.to_pylist(), starts, ends, strict=True)
    }


def rows_in_sql(paths: Iterable[Path]) -> str:
    """The rows that were written to these paths as SQL, with the path of each as `filename`."""
    alone: list[Path] = []
    merged: dict[Path, list[Place]] = defaultdict(list)
    for path in paths:
        place = place_of(path)
        if place is None:
            alone.append(path)
        elif place.file is not None:
            merged[place.file].append(place)
    if not merged:
        return _alone(alone)
    queries = [f"select * from {_alone(alone)}"] if alone else []
    for file, places in merged.items():
        folder = quoted(f"{file.parents[1]}/")
        parts = {place.part for place in places}
        # A rebuild asks for whole months: the longest list of parts is no question.
        is_whole = parts >= places[0].neighbours
        wanted = "" if is_whole else f" where {_among(parts)}"
        queries.append(
            f"select * exclude ({PART}), {folder} || {PART} || '.parquet' as filename "
            f"from read_parquet({quoted(one_file(file))}, hive_partitioning=false){wanted}"
        )
    return f"({' union all by name '.join(queries)})"


def _among(parts: Collection[str]) -> str:
    # Rows lie in the order of parts: the ends tell which row groups need not be read.
    first, last = literal(min(parts)), literal(max(parts))
    return f"{PART} between {first} and {last} and {one_of(PART, parts)}"


def _alone(paths: Sequence[Path]) -> str:
    listed = ", ".join(quoted(one_file(path)) for path in paths)
    return f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false, filename=true)"
