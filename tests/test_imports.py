"""Rooms import one way: each what stands to its left, none what stands to its right.

ground -> config, workers -> graph -> lake -> collection, warehouse -> published
-> plan, report, powerbi -> export -> doctor, alerts, defs -> cli; the commands alone know the
sandbox, which knows no room.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "pipeline"
# Rooms on one floor do not import each other.
ORDER = (
    "ground",
    "config workers",
    "graph",
    "lake",
    "collection warehouse",
    "published",
    "plan report powerbi",
    "export",
    "doctor alerts defs",
    "cli",
)
FLOOR = {room: floor for floor, rooms in enumerate(ORDER) for room in rooms.split()}
SANDBOX = ("protocol", "story", "records", "server")
# Entries: they open a room above for people or for Dagster, and nothing imports them for more.
ENTRIES = {"pipeline": "pipeline.published.reader", "pipeline.definitions": "pipeline.defs"}


def imports(path: Path) -> Iterator[str]:
    """The modules of this package that a file names, also those for type checking or inside."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            if node.module == "pipeline":
                yield from (f"pipeline.{name.name}" for name in node.names)
            elif node.module and node.module.startswith("pipeline."):
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.split(".")[0] == "pipeline")


def room_of(module: str) -> str:
    room = module.split(".")[1] if "." in module else "ground"
    return room if (PACKAGE / room).is_dir() else "ground"


def is_allowed(module: str, imported: str) -> bool:
    here, there = room_of(module), room_of(imported)
    if here == there:
        return here != "sandbox" or is_allowed_in_sandbox(module, imported)
    if here == "sandbox":
        return imported == "pipeline.errors"
    if there == "sandbox":
        return here == "cli"
    return FLOOR[there] < FLOOR[here] or ENTRIES.get(module) == imported


def is_allowed_in_sandbox(module: str, imported: str) -> bool:
    """Its own entries (`pipeline.sandbox`, `__main__`) stand above its four floors."""
    here, there = module.split(".")[2:], imported.split(".")[2:]
    if not here or here[0] not in SANDBOX:
        return True
    return bool(there) and SANDBOX.index(there[0]) <= SANDBOX.index(here[0])


def test_a_room_imports_only_what_stands_before_it() -> None:
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        wrong += [f"{module} -> {one}" for one in imports(path) if not is_allowed(module, one)]
    assert sorted(wrong) == []


def test_every_room_has_its_place() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms - FLOOR.keys() == {"sandbox"}
