"""The models of a finished full build run once more, one of them altered: a build in a second.

Takes dbt's own compiled SQL, so that only what dbt adds around it (tests, contracts) is left out.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

import duckdb

from pipeline.home import Home

Model = Mapping[str, Any]


@dataclass(frozen=True)
class Replay:
    """A home that was built in one go from its whole lake."""

    home: Home

    @cached_property
    def models(self) -> dict[str, Model]:
        manifest = json.loads((self.home.dbt_target / "manifest.json").read_bytes())
        nodes: dict[str, Model] = manifest["nodes"]
        models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
        parents = {
            key: [parent for parent in node["depends_on"]["nodes"] if parent in models]
            for key, node in models.items()
        }
        return {key: models[key] for key in TopologicalSorter(parents).static_order()}

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
        stale: set[str] = set()
        needed = self.models.keys() if wanted is None else self._feeding(wanted)
        with duckdb.connect(str(self.home.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute("begin")
            try:
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
                yield connection
            finally:
                connection.execute("rollback")
