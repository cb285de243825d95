"""Which shard of the warehouse each tenant belongs to: at most 50 tenants, and for ever the same.

A run writes the shard beside what tenants.yaml says of a tenant. One that no run assigned, as in a
lake of an older version, gets its place in the order in which tenants appear in the log, so that
one that joins or leaves moves nobody else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from pipeline.lake.part_reading import rows_in_sql
from pipeline.lake.parts import Lake

TENANTS_PER_SHARD = 50


def shards_of(lake: Lake) -> dict[str, int]:
    """The shard of every tenant that the lake knows: of its log and of its configurations."""
    assigned = _assigned(lake.config_files())
    return with_newcomers(assigned, _in_order(lake.log_files()))


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


def _assigned(files: Sequence[Path]) -> dict[str, int]:
    if not files:
        return {}
    rows = rows_in_sql(files)
    names = {row[0] for row in duckdb.execute(f"describe select * from {rows}").fetchall()}
    if "shard" not in names:
        return {}
    found = duckdb.execute(
        f"select tenant_id, arg_max(shard, (extract_date, run_id)) from {rows} "
        "where shard is not null group by tenant_id"
    ).fetchall()
    return dict(found)


def _in_order(files: Sequence[Path]) -> list[str]:
    if not files:
        return []
    rows = duckdb.execute(
        f"select tenant_id from {rows_in_sql(files)} group by tenant_id "
        "order by min((extract_date, run_id)), tenant_id"
    ).fetchall()
    return [row[0] for row in rows]
