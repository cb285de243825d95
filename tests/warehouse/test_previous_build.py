"""`previous_build()` reads a model as the last build left it, so that must be built later."""

import json
import re
from pathlib import Path

from pipeline.home import Home
from pipeline.warehouse.dbt import parse_project

PREVIOUS = re.compile(r"previous_build\(\s*'(\w+)',\s*'(\w+)'")


def test_every_model_read_as_of_the_last_build_is_built_after_its_reader(tmp_path: Path) -> None:
    manifest = json.loads(parse_project(Home(tmp_path)).read_text())
    models = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    by_alias = {node["alias"]: name for name, node in models.items()}

    def ancestors(name: str) -> set[str]:
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for unique_id in models[waiting.pop()]["depends_on"]["nodes"]:
                parent = unique_id.split(".")[-1]
                if parent in models and parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found

    asked = [
        (reader, by_alias[alias])
        for reader, node in models.items()
        for _, alias in PREVIOUS.findall(node["raw_code"])
    ]
    assert len(asked) > 5
    wrong = [
        (reader, read) for reader, read in asked if reader != read and reader not in ancestors(read)
    ]
    assert wrong == []
