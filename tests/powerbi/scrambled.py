"""A published home with the same keys and other values: numbers, flags and words of every kind.

The estate is well: nobody is late, no feed failed, and a measure that looks at the wrong flag
could still be right by chance.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipeline.home import Home
from pipeline.powerbi.definition import tables

WORDS = {
    "zone": "bad bad okay",
    "severity": "high medium low warning note",
    "status": "implemented partial not_implemented not_licensed unknown",
    "action_group": "ranked unlicensed exception",
    "comparison_status": "compared stale no_score",
    "score_status": "ok unavailable",
    "role_status": "ok partial not_permitted",
    "unknown_findings": "is_stale is_guest -",
    "owner": "Ada Bo -",
}
# Two columns that say the same thing stay as they are.
KEPT = {"finding_count"}
# Never null by the meaning of the model.
SAID = {
    "is_exception", "is_active", "is_stale", "is_open", "unknown_findings", "score_status",
    "role_status", "comparison_status",
}  # fmt: skip


def scrambled(home: Home, target: Path) -> Home:
    """The copy below `target`; the same on every machine."""
    found = Home(target)
    shutil.copytree(home.published, found.published)
    manifest = json.loads((found.published / "manifest.json").read_text())
    keys = {table.model: set(table.relates or {}) for table in tables() if table.model}
    with duckdb.connect() as connection:
        for name, model in manifest["models"].items():
            if not name.startswith(("mart_", "fct_")) or name not in keys:
                continue
            for file in model["files"]:
                rewrite(connection, found.published / file["path"], model, keys[name])
    return found


def rewrite(
    connection: duckdb.DuckDBPyConnection, path: Path, model: Mapping[str, Any], keys: set[str]
) -> None:
    replaced = ", ".join(replacements(model["columns"], keys))
    rows = f"select row_number() over () as position, * from read_parquet('{path}')"
    clause = f" replace ({replaced})" if replaced else ""
    written = path.with_suffix(".next")
    connection.execute(
        f"copy (select * exclude (position){clause} from ({rows})) to '{written}' (format parquet)"
    )
    # Another file: snapshots share what did not change by hard links.
    written.replace(path)


def replacements(columns: Mapping[str, str], keys: set[str]) -> Iterator[str]:
    for name, kind in columns.items():
        if name in keys | KEPT:
            continue
        chance = f"hash(position, '{name}')"
        value = None
        if name in WORDS:
            words = [f"'{word}'" for word in WORDS[name].split()]
            place = f"1 + ({chance} % {len(words)})::bigint"
            value = f"nullif(list_value({', '.join(words)})[{place}], '-')"
            value = f"coalesce({value}, '')" if name in SAID else value
        elif kind == "BOOLEAN":
            value = f"({chance} % 5) in (1, 2)"
        elif kind == "DOUBLE":
            value = f"(({chance} % 2000)::bigint - 1000) / 777.0"
        elif kind in ("BIGINT", "INTEGER"):
            value = f"({chance} % 50)::{kind}"
        if value is not None:
            is_null = "false" if name in SAID else f"{chance} % 7 = 0"
            yield f"case when {is_null} then null else {value} end as {name}"
