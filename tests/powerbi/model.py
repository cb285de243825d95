"""A small reader of TMDL, independent of what writes it, and the model as tests look at it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_NAME = r"'(?:[^']|'')*'|[^\s=:.']+"
_DECLARED = re.compile(rf"(?P<kind>ref \w+|\w+)(?: (?P<name>{_NAME}))?(?: =(?P<value> .*)?)?$")
_PROPERTY = re.compile(r"(?P<key>\w+):(?: (?P<value>.*))?$")
_END = re.compile(rf"({_NAME})\.({_NAME})")
OBJECTS = {
    "annotation", "column", "database", "dataAccessOptions", "expression", "measure", "model",
    "partition", "ref role", "ref table", "refreshPolicy", "relationship", "role", "table",
    "tablePermission",
}  # fmt: skip
# What may stand without a value, or with an expression behind `=`.
FLAGS = {"discourageImplicitMeasures", "isHidden", "isKey", "legacyRedirects"}
TEXTS = {"source", "sourceExpression"}


class TmdlError(Exception):
    """A line that is not TMDL as this project writes it."""


@dataclass
class Node:
    """One object: its name, the text behind `=`, its properties, flags and children."""

    kind: str
    name: str = ""
    value: str | None = None
    description: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    def all(self, kind: str) -> Iterator["Node"]:
        return (child for child in self.children if child.kind == kind)

    def one(self, kind: str) -> "Node":
        [found] = self.all(kind)
        return found

    @property
    def is_hidden(self) -> bool:
        return "isHidden" in self.properties


def unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def read_tmdl(text: str, where: str = "") -> Node:
    """The objects of one file below a root without a name."""
    root = Node("file", where)
    stack: list[tuple[int, Node]] = [(-1, root)]
    description: list[str] = []
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        bare = line.lstrip("\t")
        depth = len(line) - len(bare)
        if not bare.strip():
            if description:
                raise TmdlError(f"{where}:{number}: a description stands before nothing")
            continue
        if bare.startswith(" "):
            raise TmdlError(f"{where}:{number}: is indented with blanks")
        if bare.startswith("///"):
            description.append(bare[3:].strip())
            continue
        while stack[-1][0] >= depth:
            stack.pop()
        if depth != stack[-1][0] + 1:
            raise TmdlError(f"{where}:{number}: is indented too deep")
        owner = stack[-1][1]
        node = _read_line(bare, owner, f"{where}:{number}")
        if bare.endswith(" ="):
            deeper = 1 if bare.startswith("sourceExpression") else 2
            body, number = _read_body(lines, number, depth + deeper)
            if node is None:
                owner.properties[bare.split()[0]] = body
            else:
                node.value = body
        if node is not None:
            node.description, description = " ".join(description), []
            owner.children.append(node)
            stack.append((depth, node))
    return root


def _read_line(bare: str, owner: Node, where: str) -> Node | None:
    """The object that a line declares; None where it says a property of the owner."""
    given = _PROPERTY.match(bare)
    if given:
        if given["key"] in owner.properties:
            raise TmdlError(f"{where}: {given['key']} is given twice")
        owner.properties[given["key"]] = given["value"] or ""
        return None
    if bare in FLAGS:
        owner.properties[bare] = "true"
        return None
    text = re.match(r"(\w+) =(?: (.*))?$", bare)
    if text and text[1] in TEXTS:
        owner.properties[text[1]] = text[2] or ""
        return None
    found = _DECLARED.match(bare)
    if found is None or found["kind"] not in OBJECTS:
        raise TmdlError(f"{where}: {bare!r} is no object, property or flag")
    return Node(found["kind"], unquoted(found["name"] or ""), (found["value"] or "").strip())


def _read_body(lines: list[str], number: int, depth: int) -> tuple[str, int]:
    """The lines that are indented this deep, and where they end."""
    body: list[str] = []
    while number < len(lines):
        line = lines[number]
        if line.strip() and not line.startswith("\t" * depth):
            break
        body.append(line[depth:])
        number += 1
    while body and not body[-1].strip():
        body.pop()
    return "\n".join(body), number


@dataclass(frozen=True)
class Relationship:
    """From the many side to the one side."""

    start: tuple[str, str]
    end: tuple[str, str]
    properties: dict[str, str]


@dataclass(frozen=True)
class Model:
    """A semantic model as its files say it."""

    tables: dict[str, Node]
    relationships: list[Relationship]
    expressions: dict[str, Node]
    roles: dict[str, Node]
    model: Node
    refs: list[str]

    def columns(self) -> Iterator[tuple[str, Node]]:
        for name, table in self.tables.items():
            for column in table.all("column"):
                yield name, column

    def measures(self) -> Iterator[tuple[str, Node]]:
        for name, table in self.tables.items():
            for measure in table.all("measure"):
                yield name, measure

    def column(self, table: str, name: str) -> Node:
        [found] = [one for one in self.tables[table].all("column") if one.name == name]
        return found


def read_model(definition: Path) -> Model:
    """The model of a `definition` folder."""

    def read(path: str) -> Node:
        return read_tmdl((definition / path).read_text(), path)

    tables = [
        read(f"tables/{path.name}").one("table") for path in sorted(definition.glob("tables/*"))
    ]
    roles = [read(f"roles/{path.name}").one("role") for path in sorted(definition.glob("roles/*"))]
    relationships = []
    for node in read("relationships.tmdl").all("relationship"):
        ends = [_END.fullmatch(node.properties[key]) for key in ("fromColumn", "toColumn")]
        start, end = [(unquoted(one[1]), unquoted(one[2])) for one in ends if one is not None]
        relationships.append(Relationship(start, end, node.properties))
    head = read("model.tmdl")
    return Model(
        tables={table.name: table for table in tables},
        relationships=relationships,
        expressions={one.name: one for one in read("expressions.tmdl").all("expression")},
        roles={role.name: role for role in roles},
        model=head.one("model"),
        refs=[one.name for one in head.all("ref table")],
    )
