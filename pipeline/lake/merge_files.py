"""Writes the rows of many small Parquet files into one, each with the part that it belongs to."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import PostureError
from pipeline.lake.part_reading import PART
from pipeline.lake.parts import ROW_GROUP


class UnreadableError(PostureError):
    """A file of the lake is damaged."""


def write_merged(sources: Sequence[Path], target: Path) -> None:
    """The rows of the files one after the other, with the part of each; read in bounded memory."""
    schemas, expected = [], 0
    for path in sources:
        with _reading(path), pq.ParquetFile(path) as file:
            schemas.append(file.schema_arrow.remove_metadata())
            expected += file.metadata.num_rows
    schema = pa.unify_schemas(schemas, promote_options="permissive")
    schema = schema.append(pa.field(PART, pa.string()))
    # Created first, so that the file is never readable by others, not even while it grows.
    target.touch(mode=0o600)
    with pq.ParquetWriter(target, schema, compression="zstd", store_schema=False) as writer:
        for rows in _grouped(sources, schema):
            writer.write_table(rows, row_group_size=ROW_GROUP)
    written = pq.read_metadata(target).num_rows
    if written != expected:
        raise PostureError(
            f"{target}: {written} rows were merged of {expected}; nothing was changed, try again"
        )


def _grouped(sources: Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """Enough rows at a time for a row group, so that many small parts share one."""
    held: list[pa.Table] = []
    count = 0
    for path in sources:
        with _reading(path), pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROW_GROUP):
                part = pa.repeat(pa.scalar(f"{path.parent.name}/{path.stem}"), batch.num_rows)
                rows = pa.table(batch).append_column(PART, part)
                empty = schema.empty_table()
                held.append(pa.concat_tables([empty, rows], promote_options="permissive"))
                count += rows.num_rows
                if count >= ROW_GROUP:
                    yield pa.concat_tables(held)
                    held, count = [], 0
    if held:
        yield pa.concat_tables(held)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Tell what cannot be read from what cannot be written: the first has no errno."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None):
            raise
        raise UnreadableError(
            f"{path}: cannot be read as Parquet, so its month is not merged; restore it from a "
            "backup"
        ) from error
