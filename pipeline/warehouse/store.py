"""The warehouse on disk: a file a shard of tenants, and one of what reads across them.

warehouse/shards/0000.duckdb       everything about up to 50 tenants
warehouse/shards/0000.next.duckdb  the same, being made anew
warehouse/warehouse.duckdb         the models about the portfolio; replaced last, it names the
                                   state of every shard that it speaks of
warehouse/generation.json          which rows go together: those of one state of the models
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.text import quoted
from pipeline.warehouse.generation import Generation
from pipeline.warehouse.resources import Machine, Resources

NOT_BUILT = "nothing is built yet; run `posture build` first"
NOT_FINISHED = "the last build did not finish; run `posture build`"


@dataclass(frozen=True)
class ShardState:
    """What a shard's file says of itself."""

    generation: str
    is_built: bool
    parts_seen: frozenset[str]


def shard_file(home: Home, shard: int, *, is_next: bool = False) -> Path:
    """The file of a shard, or the one that is to replace it."""
    return home.warehouse_dir / "shards" / f"{shard:04}{'.next' if is_next else ''}.duckdb"


def shard_files(home: Home, *, are_next: bool = False) -> list[Path]:
    """The files of all shards in their order, or those that are to replace them."""
    name = "[0-9]" * 4 + (".next" if are_next else "")
    return sorted((home.warehouse_dir / "shards").glob(f"{name}.duckdb"))


def stamp_generation(path: Path, generation: Generation) -> "ShardState":
    """Say in a shard's new file to which generation its rows belong."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"insert into ops.generation values ('{generation.id}', '{uuid4().hex}')"
        )
    return ShardState(generation.id, is_built=False, parts_seen=frozenset())


def shard_state(path: Path) -> ShardState | None:
    """What the file holds; None where there is none, or none that can be gone on with.

    Raises duckdb.IOException where somebody else has the file open.
    """
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path)) as connection:
            made = connection.execute("select generation from ops.generation").fetchone()
            is_built = connection.execute("from ops.build").fetchone() is not None
            parts = connection.execute("select part from ops.parts_seen").fetchall()
    except duckdb.Error as error:
        if "lock" in str(error):
            raise
        return None
    return ShardState(made[0], is_built, frozenset(row[0] for row in parts)) if made else None


def remove_database(path: Path) -> None:
    """Remove a DuckDB file with what a killed writer left beside it."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


@contextmanager
def open_built(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The finished warehouse as one database, read-only: every table over all shards.

    Raises PostureError where there is none, or where a build was stopped between two shards.
    """
    if not home.warehouse.exists() or not shard_files(home):
        raise PostureError(f"{home.warehouse_dir}: {NOT_BUILT}")
    connection = duckdb.connect()
    try:
        settle(connection, Machine.of_home(home).whole, "reading")
        shards = attach_shards(connection, shard_files(home))
        attach(connection, home.warehouse, "portfolio")
        _require_finished(connection, home, shards)
        view_over_shards(connection, shards)
        _view(connection, "portfolio")
        yield connection
    finally:
        connection.close()


def settle(connection: duckdb.DuckDBPyConnection, resources: Resources, name: str) -> None:
    """Have the connection take no more than it may, and spill to a folder that `name` alone has.

    Files of two processes in one folder would overwrite each other. One thread each: a second costs
    half as much work again, for hundreds of statements over few rows, and brings nothing.
    """
    spill = spill_of(resources, name)
    spill.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"""
        set TimeZone = 'UTC';
        set preserve_insertion_order = false;
        set enable_progress_bar = false;
        set memory_limit = '{resources.memory // 1000}KB';
        set threads = 1;
        set temp_directory = {quoted(str(spill))}
        """
    )


def spill_of(resources: Resources, name: str) -> Path:
    """Where a connection of that name spills to."""
    return resources.spill / name


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Open one more file for reading."""
    connection.execute(f"attach {quoted(str(path))} as {name} (read_only)")


def attach_shards(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[str]:
    """The shards for reading; their names in SQL."""
    names = [f"shard_{path.stem.split('.')[0]}" for path in files]
    for name, path in zip(names, files, strict=True):
        attach(connection, path, name)
    return names


def view_over_shards(
    connection: duckdb.DuckDBPyConnection,
    shards: Sequence[str],
    only: Collection[str] | None = None,
) -> None:
    """A view a table, or one of those named, over the rows of all shards; seeds are the same."""
    tables = _tables(connection, shards[0])
    for schema, table in tables if only is None else [one for one in tables if one[1] in only]:
        of = shards[:1] if schema == "seeds" else shards
        columns = "*"
        if table == "touched_months":
            columns = "*, (select file_id from {name}.ops.generation) as file_id"
        rows = " union all ".join(
            f"select {columns.format(name=name)} from {name}.{schema}.{table}" for name in of
        )
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create view {schema}.{table} as {rows}")


def _view(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    for schema, table in _tables(connection, database):
        connection.execute(
            f"create or replace view {schema}.{table} as select * from {database}.{schema}.{table}"
        )


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        f"where database_name = {quoted(database)} order by all"
    ).fetchall()
    return [(schema, table) for schema, table in rows if schema != "lake"]


def build_stamp(home: Home) -> str | None:
    """The name of the build that stands; None where there is none, or one stopped on the way."""
    try:
        with open_built(home) as connection:
            [(stamp,)] = connection.execute("from ops.build").fetchall()
            return str(stamp)
    except (PostureError, duckdb.Error):
        return None


def _require_finished(
    connection: duckdb.DuckDBPyConnection, home: Home, shards: Sequence[str]
) -> None:
    told = dict(connection.execute("select shard, stamp from portfolio.ops.shards").fetchall())
    found = {
        name: connection.execute(f"select stamp from {name}.ops.build").fetchall()[0][0]
        for name in shards
    }
    if told != found:
        raise PostureError(f"{home.warehouse_dir}: {NOT_FINISHED}")
