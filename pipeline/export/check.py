"""The finished copy held against whose it is: isolation never rests on the filter that made it."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import PostureError
from pipeline.export.words import ForeignWords, Found
from pipeline.published.manifest import Manifest
from pipeline.text import printable

_TENANT = "tenant_id"
_REFUSED = "nothing was exported; please report it"
_REMEMBERED = 100_000


def require_one_tenant(folder: Path, manifest: Manifest, *, tenant_id: str) -> None:
    """Raise PostureError where a file or a table of the copy holds a row that is not the tenant's.

    Every Parquet file below `folder` is read, whether or not the manifest names it, and every
    table of `posture.duckdb`; each model that has a `tenant_id` must still have it.
    """
    for path in sorted(folder.rglob("*.parquet")):
        file = pq.ParquetFile(path)
        if _TENANT in file.schema_arrow.names:
            found = pc.unique(file.read(columns=[_TENANT])[_TENANT]).to_pylist()
            _require_no_other(path.relative_to(folder), found, tenant_id)
    with duckdb.connect(str(folder / "posture.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_columns() where column_name = ?", [_TENANT]
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(
                f'select distinct {_TENANT} from "{schema}"."{table}"'
            ).fetchall()
            _require_no_other(Path("posture.duckdb", table), [one for (one,) in rows], tenant_id)
    held = {table for _, table in tables}
    lost = [n for n, model in manifest.models.items() if _TENANT in model.columns and n not in held]
    if lost:
        raise PostureError(f"posture.duckdb of the copy: {lost[0]} has no {_TENANT}; {_REFUSED}")


def _require_no_other(place: Path, found: list[object], tenant_id: str) -> None:
    others = sorted(str(one) for one in found if one != tenant_id)
    if others:
        raise PostureError(
            f"{place} of the copy: holds rows of {others[0]}, not of {tenant_id} alone; {_REFUSED}"
        )


def require_no_word_of_others(folder: Path, words: ForeignWords, vouched: Iterable[str]) -> None:
    """Raise PostureError where a text of the copy names another tenant.

    Every value, comment and name in every file below `folder` is read. `vouched` are texts that
    make their words innocent; they are read only where a word was found.
    """
    # Most values stand in several columns, and each in the files and in the database.
    found_in = lru_cache(_REMEMBERED)(lambda text: [*words.found_in(text)])
    found: dict[Found, str] = {}
    for place, text in _texts(folder):
        for word in found_in(text):
            found.setdefault(word, place)
    if not found:
        return
    for text in vouched:
        for word in found_in(text):
            found.pop(word, None)
        if not found:
            return
    for word, place in found.items():
        raise PostureError(
            f"{place} of the copy: holds the {word.kind} {printable(word.text)} of another tenant; "
            f"{_REFUSED}"
        )


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text of the copy, and where it stands."""
    for path in sorted(folder.rglob("*")):
        place = str(path.relative_to(folder))
        yield place, path.name
        if path.suffix == ".parquet":
            yield from ((place, text) for text in _texts_of_parquet(path))
        elif path.suffix == ".duckdb":
            yield from _texts_of_database(path)
        elif path.is_file():
            yield place, path.read_text(encoding="utf-8", errors="replace")


def _texts_of_parquet(path: Path) -> Iterator[str]:
    file = pq.ParquetFile(path)
    yield str(file.schema_arrow.metadata)
    for field in file.schema_arrow:
        yield field.name
        if pa.types.is_string(field.type):
            column = file.read(columns=[field.name])[field.name]
            yield from (text for text in pc.unique(column).to_pylist() if text)


def _texts_of_database(path: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        # Hundreds of small questions: sharing each among threads takes longer than answering it.
        connection.execute("set threads = 1")
        columns = connection.execute(
            """
            select schema_name, table_name, column_name from duckdb_columns()
            where data_type = 'VARCHAR' and not internal
            """
        ).fetchall()
        for schema, table, column in columns:
            rows = connection.execute(
                f'select distinct "{column}" from "{schema}"."{table}" where "{column}" <> \'\''
            )
            yield from ((f"{path.name}/{table}", text) for (text,) in rows.fetchall())
        said = connection.execute(
            """
            select comment from duckdb_columns() where comment is not null
            union select comment from duckdb_tables() where comment is not null
            union select comment from duckdb_views() where comment is not null
            union select sql from duckdb_tables() where not internal
            union select sql from duckdb_views() where not internal
            union select macro_definition from duckdb_functions()
            where not internal and macro_definition is not null
            """
        )
        yield from ((path.name, text) for (text,) in said.fetchall())
