"""A warehouse as a build leaves it, with whatever tables a test puts there: one shard."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipeline.home import Home
from pipeline.warehouse.compiled import OPS
from pipeline.warehouse.store import remove_database, shard_file


@contextmanager
def hand_made(home: Home, generation: str = "g") -> Iterator[duckdb.DuckDBPyConnection]:
    """The empty shard to fill; the home is as after a finished build when the block ends."""
    shard = shard_file(home, 0)
    shard.parent.mkdir(parents=True, exist_ok=True)
    remove_database(shard)
    with duckdb.connect(str(shard)) as connection:
        connection.execute("create schema core; create schema marts;" + OPS)
        connection.execute("insert into ops.generation values (?, 'file')", [generation])
        connection.execute("insert into ops.build values ('s')")
        yield connection
    remove_database(home.warehouse)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "create schema core; create schema marts; create schema ops;"
            "create table ops.shards as select 'shard_0000' as shard, 's' as stamp;"
            "create table ops.build as select 'b' as stamp;"
            "create table ops.generation (generation varchar, as_of varchar)"
        )
        connection.execute("insert into ops.generation values (?, null)", [generation])
