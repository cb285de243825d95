"""What the schemas and the loader do not see: references, roles, names and best practice.

The rules follow Microsoft's best-practice analyzer where it has one; each finding is one line.
"""

import re
from collections import Counter
from collections.abc import Iterator

from tests.powerbi.dax_rules import dax_texts, measures, references
from tests.powerbi.model import Model, Node, unquoted

# No number of these tables is of a tenant; they filter nothing.
ALONE = {"Access", "Measures", "Part", "Refresh"}
M_TYPES = {"string": "text", "double": "number", "int64": "Int64.Type", "boolean": "logical"}


def model_findings(model: Model) -> list[str]:
    """Every rule that the model breaks."""
    rules = (
        names, expressions, references, relationships, columns, measures, calendar, partitions,
        roles,
    )  # fmt: skip
    return [line for rule in rules for line in rule(model)]


def names(model: Model) -> Iterator[str]:
    """Names once, whatever their case, without blanks around them; ref table is complete."""
    listed = [*model.tables, *(one.name for _, one in model.measures())]
    listed += [f"{owner}[{one.name}" for owner, one in model.columns()]
    for name in listed:
        if name != name.strip() or not name.isprintable():
            yield f"{name!r} has blanks around it or unprintable characters"
    for name, count in Counter(name.lower() for name in listed).items():
        if count > 1:
            yield f"{name} is there {count} times"
    tags = Counter(
        one.properties.get("lineageTag") for one in [*model.tables.values(), *described(model)]
    )
    yield from (f"lineageTag {tag}: {count} times" for tag, count in tags.items() if count > 1)
    if sorted(model.refs) != sorted(model.tables):
        yield "model.tmdl: ref table does not list each table once"
    for name in set(model.expressions) & set(model.tables):
        yield f"{name} is an expression and a table"


def described(model: Model) -> list[Node]:
    found = [one for _, one in model.columns()] + [one for _, one in model.measures()]
    return [*found, *model.expressions.values()]


def expressions(model: Model) -> Iterator[str]:
    for one in [*model.tables.values(), *described(model), *model.roles.values()]:
        if not one.description and one.name != "Placeholder":
            yield f"{one.kind} {one.name} has no description"
    for where, dax in dax_texts(model):
        if not dax.strip():
            yield f"{where}: is empty"
        for opening, closing in ("()", "[]", "{}"):
            if dax.count(opening) != dax.count(closing):
                yield f"{where}: {opening}{closing} are not balanced"


def relationships(model: Model) -> Iterator[str]:
    """Many to one, in one direction, active, of one type, onto a key, each pair of tables once."""
    known = {(owner, one.name): one for owner, one in model.columns()}
    pairs = Counter((one.start[0], one.end[0]) for one in model.relationships)
    for (start, end), count in pairs.items():
        if count > 1:
            yield f"{start} to {end}: {count} relationships"
    for one in model.relationships:
        where = f"{one.start[0]}[{one.start[1]}] to {one.end[0]}[{one.end[1]}]"
        if set(one.properties) != {"fromColumn", "toColumn"}:
            yield f"{where}: is not a plain relationship"
        many_side, one_side = known.get(one.start), known.get(one.end)
        if many_side is None or one_side is None:
            yield f"{where}: an end is missing"
            continue
        if many_side.properties["dataType"] != one_side.properties["dataType"]:
            yield f"{where}: the ends differ in type"
        if "isKey" not in one_side.properties:
            yield f"{where}: the one side is not marked as key"
        if not many_side.is_hidden:
            yield f"{where}: the foreign key is not hidden"
    ones = {one.end[0] for one in model.relationships}
    many = {one.start[0] for one in model.relationships}
    yield from (f"{name}: is a snowflake" for name in ones & many)
    yield from (f"{name}: has no relationship" for name in set(model.tables) - ones - many - ALONE)


def columns(model: Model) -> Iterator[str]:
    facts = {one.start[0] for one in model.relationships}
    sorts = {(owner, sort_of(column)) for owner, column in model.columns()}
    for owner, column in model.columns():
        where, said = f"{owner}[{column.name}]", column.properties
        if not said.get("sourceColumn"):
            yield f"{where}: has no sourceColumn"
        if said.get("summarizeBy") != "none":
            yield f"{where}: is summarized without a measure"
        if owner in facts and said["dataType"] == "double" and not column.is_hidden:
            yield f"{where}: a number of a fact is not hidden"
        is_sort = (owner, column.name) in sorts
        if column.is_hidden and not is_sort and said.get("isAvailableInMdx") != "false":
            yield f"{where}: is hidden and not isAvailableInMdx: false"
        if said["dataType"] in ("dateTime", "double", "int64") and "formatString" not in said:
            yield f"{where}: has no format string"
        by = sort_of(column)
        if by and not any(one.name == by for one in model.tables[owner].all("column")):
            yield f"{where}: sorts by {by}, which is not there"
        if column.name in ("Month", "Weekday") and by is None:
            yield f"{where}: is sorted by the alphabet"


def sort_of(column: Node) -> str | None:
    by = column.properties.get("sortByColumn")
    return by and unquoted(by)


def calendar(model: Model) -> Iterator[str]:
    marked = [name for name, one in model.tables.items() if one.properties.get("dataCategory")]
    if marked != ["Date"]:
        yield "Date alone is marked as date table"
    keys = [one for one in model.tables["Date"].all("column") if "isKey" in one.properties]
    if [one.properties["dataType"] for one in keys] != ["dateTime"]:
        yield "Date has no dateTime key"
    if any("LocalDateTable" in name or "DateTableTemplate" in name for name in model.tables):
        yield "there are automatic date tables"


def partitions(model: Model) -> Iterator[str]:
    """One partition a table, of its name; the query's types are the columns'."""
    for name, table in model.tables.items():
        found = list(table.all("partition"))
        if [one.name for one in found] != [name]:
            yield f"{name}: is not one partition of that name"
            continue
        source = found[0].properties["source"]
        if found[0].properties.get("mode") != "import" or not source:
            yield f"{name}: is not imported by a query"
        declared = re.search(r"type table \[(.*?)\]", source, re.DOTALL)
        if "ReadModel(" not in source or name in ("Scope", "Control") or declared is None:
            continue
        types = dict(re.findall(r"(\w+) = ([\w.]+)", declared[1]))
        for column in table.all("column"):
            stored = column.properties.get("sourceColumn")
            kind = column.properties["dataType"]
            wanted = {M_TYPES.get(kind)} if kind != "dateTime" else {"date", "datetime"}
            if stored != "snapshot_id" and types.get(stored) not in wanted:
                yield f"{name}[{column.name}]: the query reads {types.get(stored)}"
        shown = {column.properties.get("sourceColumn") for column in table.all("column")}
        if set(types) != shown - {"snapshot_id"}:
            yield f"{name}: the query reads what no column shows"


def roles(model: Model) -> Iterator[str]:
    for role in model.roles.values():
        rules = {rule.name for rule in role.all("tablePermission")}
        if role.properties.get("modelPermission") != "read":
            yield f"role {role.name}: may do more than read"
        tenants = {one.start[0] for one in model.relationships if one.end[0] == "Tenant"}
        for name, table in model.tables.items():
            reads = table.one("partition").properties["source"]
            is_of_tenants = '"mart_' in reads or '"fct_' in reads or '"dim_tenant' in reads
            if is_of_tenants and name not in rules | tenants | {"Scope"}:
                yield f"role {role.name}: {name} is filtered neither itself nor through Tenant"
