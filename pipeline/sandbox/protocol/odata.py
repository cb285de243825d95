"""The query options of a Graph URL: read, checked, and applied to records."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from pipeline.sandbox.protocol.wire import bad_request, unsupported_query

_CLAUSE = re.compile(r"^\s*([A-Za-z]+)\s+(eq|ge|gt|le|lt)\s+(.+?)\s*$")
_IN = re.compile(r"^\s*([A-Za-z]+)\s+in\s+\((.+)\)\s*$")
_EITHER = re.compile(r"^\s*\((.+)\)\s*$")
_MAX_VALUES = 15
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ge": lambda left, right: bool(left >= right),
    "gt": lambda left, right: bool(left > right),
    "le": lambda left, right: bool(left <= right),
    "lt": lambda left, right: bool(left < right),
}


@dataclass(frozen=True)
class Clause:
    """`field op value`; for `in` the value is any of several."""

    field: str
    operator: str
    values: tuple[str, ...]

    def holds(self, value: str, bound: str | None = None) -> bool:
        """True if `value` meets the clause; `bound` stands in for a literal that was parsed."""
        bounds = self.values if bound is None else (bound,)
        return any(_COMPARE[self.operator](value, each) for each in bounds)


@dataclass(frozen=True)
class Query:
    """A query string, raw (as links repeat it) and read; options have their `$`, lower case."""

    raw: str
    options: Mapping[str, str]

    def option(self, name: str) -> str | None:
        return self.options.get(name)


def read_query(raw: str) -> Query:
    """Split a raw query string.

    Raises GraphError (400) on blanks or quotes that are not percent-encoded.
    """
    if any(character in raw for character in " '\""):
        raise bad_request("Invalid characters in the query string: encode blanks and quotes.")
    pairs = (pair.partition("=") for pair in raw.split("&") if pair)
    options = {unquote_plus(name).lower(): unquote_plus(value) for name, _, value in pairs}
    return Query(raw, options)


def without_skiptoken(raw: str) -> str:
    """The query as the client wrote it, less the place in the paging."""
    pairs = [pair for pair in raw.split("&") if pair]
    return "&".join(p for p in pairs if unquote_plus(p.partition("=")[0]).lower() != "$skiptoken")


def check_options(query: Query, allowed: Iterable[str], *, directory: bool) -> None:
    """Refuse system options that the endpoint does not know."""
    for name in query.options:
        if name.startswith("$") and name not in allowed:
            message = f"The query option '{name}' is not supported for this resource."
            raise unsupported_query(message) if directory else bad_request(message)


def page_size(query: Query, *, default: int, directory: bool, largest: int = 999) -> int:
    """`$top`, else the default; 400 beyond 1 to the largest."""
    raw = query.option("$top")
    if raw is None:
        return default
    if not raw.isdigit():
        raise bad_request(f"Invalid value '{raw}' for $top query option found.")
    if not 1 <= int(raw) <= largest:
        message = (
            f"Invalid page size specified: '{raw}'. Must be between 1 and {largest} inclusive."
        )
        raise unsupported_query(message) if directory else bad_request(message)
    return int(raw)


def skip(query: Query) -> int:
    raw = query.option("$skip") or "0"
    if not raw.isdigit():
        raise bad_request(f"Invalid value '{raw}' for $skip query option found.")
    return int(raw)


def read_filter(query: Query, fields: Iterable[str]) -> tuple[Clause, ...]:
    """The clauses of `$filter`, joined by `and`; 400 on anything this resource cannot filter by."""
    text = query.option("$filter")
    if text is None:
        return ()
    known = {field.lower(): field for field in fields}
    clauses = []
    for part in re.split(r"\s+and\s+", text):
        match, several = _CLAUSE.match(_either(part)), _IN.match(_either(part))
        if several:
            field, operator, literals = several[1], "eq", several[2].split(",")
            if len(literals) > _MAX_VALUES:
                raise unsupported_query(
                    "Too many child clauses specified in search filter expression containing "
                    f"'OR' operators: {len(literals)}. Max allowed: {_MAX_VALUES}."
                )
        elif match:
            field, operator, literals = match[1], match[2], [match[3]]
        else:
            raise bad_request("Invalid filter clause")
        if field.lower() not in known:
            raise unsupported_query(f"Filtering by '{field}' is not supported for this resource.")
        values = tuple(literal.strip().strip("'") for literal in literals)
        clauses.append(Clause(known[field.lower()], operator, values))
    return tuple(clauses)


def _either(part: str) -> str:
    """`(a eq 1 or a eq 2)` as `a in (1,2)`; anything else as it is."""
    inside = _EITHER.match(part)
    if inside is None:
        return part
    found = [_CLAUSE.match(one) for one in re.split(r"\s+or\s+", inside[1])]
    clauses = [one for one in found if one is not None and one[2] == "eq"]
    if len(clauses) < len(found) or len({one[1].lower() for one in clauses}) > 1:
        return part
    return f"{clauses[0][1]} in ({','.join(one[3] for one in clauses)})"


def selected(record: Mapping[str, Any], query: Query) -> Mapping[str, Any]:
    """The members that `$select` names, in the record's own order; all without it."""
    names = query.option("$select")
    if names is None:
        return record
    wanted = {name.strip().lower() for name in names.split(",")}
    return {key: value for key, value in record.items() if key.lower() in wanted}
