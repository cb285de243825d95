"""The models of a full build run once more, one of them altered: a build in a second.

Takes dbt's own compiled SQL, so that only what dbt adds around it (tests, contracts) is left out.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from pipeline.home import Home
from pipeline.warehouse import slices
from pipeline.warehouse.compiled import compiled_project
from pipeline.warehouse.slices import LakeParts, OwnedParts
from pipeline.warehouse.sources import create_source_views
from tests.statements import first_models

Model = Mapping[str, Any]
# Days, more than any lake of a test has.
ALL = 10_000


@dataclass(frozen=True)
class Replay:
    """All tables, also those that a build drops, as one build from the whole lake makes them."""

    file: Path
    models: Mapping[str, Model]

    @classmethod
    def of_lake(cls, home: Home) -> "Replay":
        """Run every model once as for a warehouse that does not exist yet."""
        file = home.root.with_name("replay") / "warehouse.duckdb"
        file.parent.mkdir(parents=True)
        shutil.copyfile(compiled_project(home).empty_warehouse, file)
        replay = cls(file, _in_order(first_models()))
        parts = LakeParts.of_lake(home.lake)
        owned = OwnedParts.of_lake(home.lake, parts)
        with patch.object(slices, "SLICE_DAYS", ALL):
            [whole] = owned.slices(0, frozenset())
        with replay.connected() as connection:
            create_source_views(connection, home.lake, whole)
            replay.run_models(connection, set(replay.models))
        return replay

    @contextmanager
    def connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect() as connection:
            connection.execute(f"set timezone = 'UTC'; attach '{self.file}' as warehouse")
            connection.execute("use warehouse")
            yield connection

    def compiled(self, file: str) -> str:
        """The SQL of the model in a file of the dbt project."""
        return next(str(m["compiled_code"]) for m in self._in(file))

    def _in(self, file: str) -> list[Model]:
        return [m for m in self.models.values() if m["original_file_path"] == file]

    def _feeding(self, name: str) -> set[str]:
        """The model of that name and all that it is made of."""
        found: set[str] = set()
        waiting = [key for key, model in self.models.items() if model["name"] == name]
        while waiting:
            key = waiting.pop()
            if key in self.models and key not in found:
                found.add(key)
                waiting += self.models[key]["depends_on"]["nodes"]
        return found

    @contextmanager
    def run(
        self, *, altered: Mapping[str, str] | None = None, wanted: str | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse with altered models (file -> SQL) and all they feed run again, until left.

        Without alterations every model is run again; with `wanted`, only what that model needs.
        """
        needed = set(self.models) if wanted is None else self._feeding(wanted)
        with self.connected() as connection:
            connection.execute("begin")
            try:
                self.run_models(connection, needed, altered)
                yield connection
            finally:
                connection.execute("rollback")

    def run_models(
        self,
        connection: duckdb.DuckDBPyConnection,
        needed: Collection[str],
        altered: Mapping[str, str] | None = None,
    ) -> None:
        """Those of the needed models that are altered, or fed by one that is; without any, all."""
        stale: set[str] = set()
        for key, model in self.models.items():
            sql = (altered or {}).get(model["original_file_path"])
            fed = not stale.isdisjoint(model["depends_on"]["nodes"])
            if key in needed and (altered is None or sql is not None or fed):
                stale.add(key)
                kind = "view" if model["config"]["materialized"] == "view" else "table"
                connection.execute(
                    f"create or replace {kind} {model['relation_name']} "
                    f"as {sql or model['compiled_code']}"
                )


def _in_order(models: Mapping[str, Model]) -> dict[str, Model]:
    parents = {
        key: [parent for parent in node["depends_on"]["nodes"] if parent in models]
        for key, node in models.items()
    }
    return {key: models[key] for key in TopologicalSorter(parents).static_order()}
