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
# What the portfolio says, and how the tenants hear of it.
INFERRED, TOLD = "int_set_changes_inferred", "stg_graph__inferred_changes"
COLUMNS = "tenant_id, score_date, control_id, kind, tenant_count"


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

    def _named(self, name: str) -> str:
        return next(key for key, model in self.models.items() if model["name"] == name)

    def _feeding(self, name: str) -> set[str]:
        """The model of that name and all that it is made of."""
        found: set[str] = set()
        waiting = [self._named(name)]
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
        if self._named(TOLD) in needed:
            needed |= self._feeding(INFERRED)
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
        """Those of the needed models that are altered, or fed by one that is; without any, all.

        Where the portfolio then says something else, those that hear of it once more.
        """
        every, changed = set(self.models), self._in_files(altered or {})
        self._run(connection, needed, every if altered is None else changed, altered or {})
        if self._named(INFERRED) in needed and _is_told_anew(connection):
            self._run(connection, needed, {self._named(TOLD)}, altered or {})

    def _in_files(self, files: Collection[str]) -> set[str]:
        return {key for key, model in self.models.items() if model["original_file_path"] in files}

    def _run(
        self,
        connection: duckdb.DuckDBPyConnection,
        needed: Collection[str],
        begun: Collection[str],
        altered: Mapping[str, str],
    ) -> None:
        stale: set[str] = set()
        for key, model in self.models.items():
            sql = altered.get(model["original_file_path"])
            fed = not stale.isdisjoint(model["depends_on"]["nodes"])
            if key in needed and (key in begun or fed):
                stale.add(key)
                kind = "view" if model["config"]["materialized"] == "view" else "table"
                connection.execute(
                    f"create or replace {kind} {model['relation_name']} "
                    f"as {sql or model['compiled_code']}"
                )


def _is_told_anew(connection: duckdb.DuckDBPyConnection) -> bool:
    said, told = f"select {COLUMNS} from intermediate.{INFERRED}", "from lake.inferred_changes"
    differing = f"(({said}) except ({told})) union all (({told}) except ({said}))"
    if connection.execute(differing).fetchone() is None:
        return False
    connection.execute(
        f"delete from lake.inferred_changes; insert into lake.inferred_changes {said}"
    )
    return True


def _in_order(models: Mapping[str, Model]) -> dict[str, Model]:
    parents = {
        key: [parent for parent in node["depends_on"]["nodes"] if parent in models]
        for key, node in models.items()
    }
    return {key: models[key] for key in TopologicalSorter(parents).static_order()}
