"""The dbt project as the statements it runs, so that a build needs DuckDB alone.

dbt orders, documents, tests and compiles the models; to run them it spends some 20 ms a node on
templates, events and connections, where DuckDB mostly needs 3. So dbt builds an empty warehouse
once for each state of the project, twice over: the second time every relation is there, and what
it runs is what it would run in any build that goes on. Those statements are kept, and the empty
warehouse, which every new warehouse starts as a copy of.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from pipeline.errors import PostureError
from pipeline.home import Home, dbt_project_dir
from pipeline.warehouse.manifest_nodes import nodes_of
from pipeline.warehouse.nodes import Node, NodeResult

FOLDERS = ("models", "macros", "seeds", "tests")
INFERRED = "int_set_changes_inferred"
NODES, WAREHOUSE = "nodes.json", "warehouse.duckdb"
OPS = """
    create schema ops;
    create table ops.generation (generation varchar, file_id varchar);
    create table ops.build (stamp varchar);
    create table ops.parts_seen (part varchar);
    create table ops.changed_days (model varchar, tenant_id varchar, day date);
    create table ops.touched_months (
        model varchar, month varchar, version bigint, primary key (model, month)
    );
"""

# What is told to a shard stays until the portfolio says something else.
TOLD = """
    create table lake.inferred_changes (
        tenant_id varchar, score_date date, control_id varchar, kind varchar, tenant_count integer
    );
"""


@dataclass(frozen=True)
class CompiledProject:
    """The nodes in an order that dbt ran them in, and the warehouse without a row."""

    folder: Path
    nodes: Sequence[Node]

    @property
    def empty_warehouse(self) -> Path:
        return self.folder / WAREHOUSE

    def of_shards(self) -> list[Node]:
        """What is built shard by shard: all that speaks of one tenant at a time."""
        return [node for node in self.nodes if not node.is_portfolio]

    def of_portfolio(self) -> list[Node]:
        """What reads across tenants, built once after all shards."""
        return [node for node in self.nodes if node.is_portfolio and node.name != INFERRED]

    def of_inference(self) -> list[Node]:
        """What reads across tenants, and is told to their shards."""
        return [node for node in self.nodes if node.name == INFERRED]


def compiled_project(home: Home) -> CompiledProject:
    """The project as it is now; compiled by dbt where the home has no such state of it yet.

    Raises PostureError where dbt cannot parse or build it.
    """
    folder = home.dbt_target / "statements" / statements_name()
    if not (folder / NODES).exists():
        _compile(home, folder)
    nodes = json.loads((folder / NODES).read_text(encoding="utf-8"))
    return CompiledProject(folder, [Node(**node) for node in nodes])


def models_fingerprint() -> str:
    """sha256 of what decides the facts: another one means that old and new rows do not mix."""
    project = dbt_project_dir()
    files = [project / "dbt_project.yml"]
    for folder in ("models", "macros", "seeds"):
        files += [path for kind in ("sql", "csv") for path in (project / folder).rglob(f"*.{kind}")]
    return _digest(project, files)


def statements_name() -> str:
    """A hash of all that decides the statements: the whole project, and who runs it."""
    from importlib.metadata import version

    project = dbt_project_dir()
    files = [project / "dbt_project.yml", project / "profiles.yml"]
    for folder in FOLDERS:
        files += [path for path in (project / folder).rglob("*") if path.is_file()]
    makers = ",".join(version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb"))
    here = Path(__file__).parent
    makers += _digest(here, list(here.glob("*.py")))
    return sha256(f"{makers} {_digest(project, files)}".encode()).hexdigest()[:16]


def _digest(project: Path, files: Sequence[Path]) -> str:
    digest = sha256()
    for path in sorted(files):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _compile(home: Home, folder: Path) -> None:
    parent = folder.parent
    parent.mkdir(parents=True, exist_ok=True)
    for older in parent.iterdir():
        shutil.rmtree(older, ignore_errors=True)
    making = parent / "unfinished"
    making.mkdir()
    warehouse = making / WAREHOUSE
    make_relations(home, warehouse)
    nodes = nodes_of(home, _built(home, warehouse, without="seed"))
    _drop_passing(warehouse, nodes)
    text = json.dumps([asdict(node) for node in nodes])
    (making / NODES).write_text(text, encoding="utf-8")
    making.rename(folder)


def make_relations(home: Home, warehouse: Path) -> None:
    """Have dbt make every relation in a new file, without a row but those of the seeds."""
    from pipeline.warehouse.sources import create_empty_views

    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(OPS)
        create_empty_views(connection)
        connection.execute(TOLD)
    _built(home, warehouse, without="test")


def _built(home: Home, warehouse: Path, *, without: str) -> list[NodeResult]:
    from pipeline.warehouse.dbt import invoke_dbt

    kinds = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", without]
    results = invoke_dbt(home, ["build", *kinds], warehouse=warehouse)
    for one in results:
        if one.is_failure:
            raise PostureError(f"{dbt_project_dir()}: {one.name} cannot be built ({one.message})")
    return results


def _drop_passing(warehouse: Path, nodes: Sequence[Node]) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        for node in nodes:
            if node.resource_type == "model" and (node.is_portfolio or not node.is_kept):
                connection.execute(f"drop table {node.schema}.{node.name}")
