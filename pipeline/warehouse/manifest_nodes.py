"""What dbt ran, node by node: each statement, and which part of a build wants it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.home import Home
from pipeline.warehouse.manifest import dbt_manifest
from pipeline.warehouse.nodes import Node, NodeResult

PORTFOLIO = "portfolio"
_READ_AGAIN = re.compile(r"previous_build\(\s*'(\w+)',\s*'(\w+)'")


def nodes_of(home: Home, results: Sequence[NodeResult]) -> list[Node]:
    """The models and tests of dbt's last run, in its order; a view needs no statement again."""
    manifest = dbt_manifest(home.dbt_target / "manifest.json")["nodes"]
    portfolio = {one for one, node in manifest.items() if PORTFOLIO in node["config"]["tags"]}
    portfolio |= {
        one
        for one, node in manifest.items()
        if node["resource_type"] == "test" and portfolio & {*node["depends_on"]["nodes"]}
    }
    read_again = {
        name
        for node in manifest.values()
        for _, name in _READ_AGAIN.findall(node.get("raw_code") or "")
    }
    gone_on_from = {
        one
        for one, node in manifest.items()
        if node["config"]["materialized"] == "incremental" or node["name"] in read_again
    }
    read_across = {name for one in portfolio for name in manifest[one]["depends_on"]["nodes"]}
    public = {one for one, node in manifest.items() if node.get("access") == "public"}
    kept = gone_on_from | public | (read_across - portfolio)
    history = _with_parents(manifest, gone_on_from)
    nodes = [manifest[result.unique_id] for result in results]
    return [
        Node(
            unique_id=node["unique_id"],
            name=node["name"],
            resource_type=node["resource_type"],
            schema=node["schema"],
            statement=_statement(home, node),
            is_portfolio=node["unique_id"] in portfolio,
            is_kept=node["unique_id"] in kept,
            is_history=node["unique_id"] in history,
            fails=str(node["config"].get("severity")).lower() == "error",
        )
        for node in nodes
        if node["config"]["materialized"] != "view"
    ]


def _with_parents(manifest: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in manifest and name not in found:
            found.add(name)
            waiting += manifest[name]["depends_on"].get("nodes", ())
    return found


def _statement(home: Home, node: Mapping[str, Any]) -> str:
    """What dbt ran last for the node, from the file that it keeps of it."""
    path: Path = home.dbt_target / "run" / node["package_name"] / node["original_file_path"]
    if path.suffix != ".sql":
        path /= node["path"].split("/")[-1]
    return path.read_text(encoding="utf-8")
