"""Which shard of the warehouse each tenant belongs to: at most 50 tenants, and for ever the same.

A run writes the shard beside what tenants.yaml says of a tenant. One that no run assigned, as in a
lake of an older version, gets its place in the order in which tenants appear in the log, so that
one that joins or leaves moves nobody else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from pipeline.lake.log import read_columns
from pipeline.lake.part_reading import rows_in_sql
from pipeline.lake.parts import Lake

TENANTS_PER_SHARD = 50


def shards_of(lake: Lake) -> dict[str, int]:
    """The shard of every tenant that the lake knows: of its log and of its configurations.

    Raises PostureError naming a log file that is damaged.
    """
    assigned, is_of_all = _assigned(lake.config_files())
    # A run writes the shards of all its tenants before its log: nobody else can be there.
    return assigned if is_of_all else with_newcomers(assigned, _in_order(lake.log_files()))


def with_newcomers(shards: Mapping[str, int], tenants: Iterable[str]) -> dict[str, int]:
    """The same shards, and the first with room for every tenant that has none."""
    known = dict(shards)
    sizes = Counter(known.values())
    shard = 0
    for tenant in tenants:
        if tenant not in known:
            while sizes[shard] >= TENANTS_PER_SHARD:
                shard += 1
            known[tenant] = shard
            sizes[shard] += 1
    return known


def _assigned(files: Sequence[Path]) -> tuple[dict[str, int], bool]:
    """The shards that runs wrote, and whether every run did."""
    if not files:
        return {}, False
    rows = rows_in_sql(files)
    names = {row[0] for row in duckdb.execute(f"describe select * from {rows}").fetchall()}
    if "shard" not in names:
        return {}, False
    found = duckdb.execute(
        "select tenant_id, arg_max(shard, (extract_date, run_id)) filter (where shard is not null)"
        f", bool_and(shard is not null) from {rows} group by tenant_id"
    ).fetchall()
    assigned = {tenant: shard for tenant, shard, _ in found if shard is not None}
    return assigned, all(is_whole for _, _, is_whole in found)


def _in_order(files: Sequence[Path]) -> list[str]:
    if not files:
        return []
    try:
        rows = duckdb.execute(
            f"select tenant_id from {rows_in_sql(files)} group by tenant_id "
            "order by min((extract_date, run_id)), tenant_id"
        ).fetchall()
    except duckdb.Error:
        # Which one is damaged, and what to do, as every reader of the log says it.
        for path in files:
            read_columns(path, ("tenant_id", "extract_date", "run_id"))
        raise
    return [row[0] for row in rows]
