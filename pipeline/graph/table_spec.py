"""How a lake table is written down: wire members with a kind, and the Arrow schema they make."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")
# count and flag travel as text ("5", "true") in Secure Score: Microsoft Graph wire contract.
ARROW_TYPES = {
    "str": pa.string(),
    "f64": pa.float64(),
    "i64": pa.int64(),
    "bool": pa.bool_(),
    "ts": TIMESTAMP,
    "count": pa.int64(),
    "flag": pa.bool_(),
}
STAMPS = (
    pa.field("tenant_id", pa.string()),
    pa.field("extract_date", pa.date32()),
    pa.field("collected_at", TIMESTAMP),
    pa.field("run_id", pa.string()),
)


@dataclass(frozen=True)
class Column:
    """One typed column: where it is on the wire, and how it is read."""

    path: tuple[str, ...]
    kind: str

    @cached_property
    def name(self) -> str:
        return "_".join(snake_case(part) for part in self.path)


@dataclass(frozen=True)
class Child:
    """One member that becomes a child table.

    `objects`, `scalars` and `object` give the member back; `leaves` shows a deep object as rows of
    path and text, and the object itself stays whole in the parent's extra.
    """

    member: str
    form: str
    table: "Table"


@dataclass(frozen=True, eq=False)
class Table:
    """One lake table.

    `quiet` members are documented but untyped: kept in extra, not reported. `dropped` members
    are never written. `parent` is a key column that says under which parent a row was asked for.
    `words` are the values that an enumerated member is known to have, in any case; without any,
    all but the one behind which Graph hides a word are taken as known.
    `leaves` are the known paths of a deep object with their kinds.
    """

    name: str
    columns: tuple[Column, ...]
    children: tuple[Child, ...] = ()
    quiet: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    leaves: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    ignore_case: bool = False
    is_child: bool = False
    hashed: bool = False

    @property
    def schema(self) -> pa.Schema:
        """Stamps, keys, typed columns, extra: as the table is written."""
        keys = [pa.field("record_index", pa.int32())]
        if self.parent:
            keys = [pa.field(self.parent, pa.string()), *keys]
        if self.is_child:
            keys = [pa.field("parent_id", pa.string()), *keys, pa.field("item_index", pa.int32())]
        typed = [pa.field(column.name, ARROW_TYPES[column.kind]) for column in self.columns]
        hashes = [pa.field("record_hash", pa.string())] if self.hashed else []
        return pa.schema([*STAMPS, *keys, *typed, *hashes, pa.field("extra", pa.string())])

    @cached_property
    def inner_paths(self) -> frozenset[str]:
        """The paths of a deep object that lead to known leaves."""
        steps = [path.split(".") for path in self.leaves]
        return frozenset(
            ".".join(parts[:length]) for parts in steps for length in range(1, len(parts))
        )

    def walk(self) -> Iterator["Table"]:
        """This table and every table below it."""
        yield self
        for child in self.children:
            yield from child.table.walk()


def snake_case(name: str) -> str:
    """A wire name as a column name: `onPremisesSyncEnabled` -> `on_premises_sync_enabled`."""
    plain = name.replace("@", "").replace(".", "_")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()


def table(
    name: str,
    columns: str,
    *children: Child,
    quiet: str = "",
    dropped: str = "",
    words: Mapping[str, str] | None = None,
    **options: bool | str,
) -> Table:
    """A table from its wire names, one word a column; `words` from blank-separated values."""
    typed = tuple(
        Column(tuple(path.split("/")), kind or "str")
        for path, _, kind in (word.partition(":") for word in columns.split())
    )
    return Table(
        name,
        typed,
        children,
        frozenset(quiet.split()),
        frozenset(dropped.split()),
        _lower(words),
        **options,  # type: ignore[arg-type]
    )


def child(parent: str, member: str, form: str, columns: str = "value", **options: object) -> Child:
    """The child table `<parent>_<member>`."""
    name = f"{parent}_{snake_case(member)}"
    return Child(member, form, table(name, columns, is_child=True, **options))  # type: ignore[arg-type]


def leaves(parent: str, member: str, paths: str, words: Mapping[str, str] | None = None) -> Child:
    """The deep object `member` as rows of path and text in `<parent>_<member>`.

    `paths` are dotted, one word each: `[]` ends a list of texts, `*` stands for the objects of a
    list, a kind may follow (`signInFrequency.value:i64`).
    """
    known = {
        path: kind or "str" for path, _, kind in (word.partition(":") for word in paths.split())
    }
    columns = (Column(("path",), "str"), Column(("value",), "str"))
    shown = Table(
        f"{parent}_{snake_case(member)}",
        columns,
        words=_lower(words),
        leaves=known,
        is_child=True,
    )
    return Child(member, "leaves", shown)


def _lower(words: Mapping[str, str] | None) -> dict[str, frozenset[str]]:
    return {name: frozenset(text.lower().split()) for name, text in (words or {}).items()}
