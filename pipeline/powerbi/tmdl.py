"""Objects of the semantic model as canonical TMDL: the text that Power BI itself would write."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from pipeline.powerbi.definition import Column, Measure, Table
from pipeline.powerbi.measures import FORMAT_STRINGS

# All ids come from names, so that a regenerated project is the same project.
_NAMESPACE = UUID("6d1f4b0a-7c1e-5a53-9a3e-2f6f0a4c8d11")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPES = {
    "varchar": "string",
    "double": "double",
    "bigint": "int64",
    "integer": "int64",
    "boolean": "boolean",
    "date": "dateTime",
    "timestamp": "dateTime",
}
MEASURES_TABLE = "Measures"
_PLACEHOLDER = "Placeholder"


def tag(*path: str) -> str:
    """The id of the object at a path, the same on every machine."""
    return str(uuid5(_NAMESPACE, "/".join(path)))


def quoted(name: str) -> str:
    """A name as TMDL takes it."""
    return name if _PLAIN.fullmatch(name) else "'" + name.replace("'", "''") + "'"


def indented(text: str, tabs: int) -> str:
    """The text with this many tabs before each line that is not empty."""
    lead = "\t" * tabs
    return "\n".join(lead + line if line else line for line in text.split("\n"))


def database() -> str:
    """database.tmdl."""
    return "database\n\tcompatibilityLevel: 1600\n\n"


def model(table_names: Sequence[str], roles: Sequence[str]) -> str:
    """model.tmdl. Errors in a cell stop the refresh: they are not read as nothing."""
    head = (
        "model Model\n\tculture: en-US\n\tdefaultPowerBIDataSourceVersion: powerBI_V3\n"
        "\tdiscourageImplicitMeasures\n\tsourceQueryCulture: en-US\n"
        "\tdataAccessOptions\n\t\tlegacyRedirects\n\n"
        "annotation __PBI_TimeIntelligenceEnabled = 0\n\n"
    )
    refs = [f"ref table {quoted(name)}" for name in table_names]
    parts = ["\n".join(refs) + "\n"]
    if roles:
        parts.append("\n".join(f"ref role {quoted(name)}" for name in roles) + "\n")
    return head + "\n".join(parts) + "\n"


def table(found: Table, query: str, *, incremental: bool) -> str:
    """One file of tables/: columns, and the query that fills them."""
    lines = [f"/// {found.description}", f"table {quoted(found.name)}"]
    lines += ["\tisHidden"] if found.is_access else []
    lines += [f"\tlineageTag: {tag(found.name)}"]
    lines += ["\tdataCategory: Time"] if found.is_calendar else []
    parts = ["\n".join(lines)]
    if incremental and found.range_column is not None:
        parts.append(indented(_refresh_policy(query), 1))
    sorts = {column.sorted_by for column in found.columns}
    parts += [
        indented(_column(found, column, is_sort=column.name in sorts), 1)
        for column in found.columns
    ]
    parts.append(indented(_partition(found.name, query), 1))
    return "\n\n".join(parts) + "\n\n"


def measures_table(found: Iterable[Measure]) -> str:
    """The table that holds every measure and no row."""
    head = (
        "/// Every measure, in folders by page.\n"
        f"table {MEASURES_TABLE}\n\tlineageTag: {tag(MEASURES_TABLE)}"
    )
    column = (
        f"column {_PLACEHOLDER}\n\tdataType: string\n\tisHidden\n\tisAvailableInMdx: false\n"
        f"\tlineageTag: {tag(MEASURES_TABLE, _PLACEHOLDER)}\n\tsummarizeBy: none\n"
        f"\tsourceColumn: {_PLACEHOLDER}\n\n\tannotation SummarizationSetBy = Automatic"
    )
    query = f"#table(type table [{_PLACEHOLDER} = text], {{}})"
    parts = [head, *(indented(_measure(one), 1) for one in found), indented(column, 1)]
    parts.append(indented(_partition(MEASURES_TABLE, query), 1))
    return "\n\n".join(parts) + "\n\n"


def expression(name: str, m_text: str, description: str) -> str:
    """One shared M expression of expressions.tmdl."""
    body = f" {m_text}" if "\n" not in m_text else "\n" + indented(m_text, 2)
    return (
        f"/// {description}\nexpression {quoted(name)} ={body}\n"
        f"\tlineageTag: {tag('expression', name)}\n"
    )


def relationships(tables: Sequence[Table]) -> str:
    """relationships.tmdl: from the many side to the one side, filters flowing back only."""
    by_name = {found.name: found for found in tables}
    parts = []
    for found in tables:
        for source, target_name in (found.relates or {}).items():
            target = by_name[target_name]
            if target.key is None:
                continue
            start = f"{quoted(found.name)}.{quoted(found.column(source).name)}"
            end = f"{quoted(target.name)}.{quoted(target.column(target.key).name)}"
            name = tag("relationship", start, end)
            parts.append(f"relationship {name}\n\tfromColumn: {start}\n\ttoColumn: {end}\n")
    return "\n".join(parts) + "\n"


def role(name: str, description: str, permissions: Sequence[tuple[str, str]]) -> str:
    """One file of roles/: the row filter of each table."""
    head = f"/// {description}\nrole {quoted(name)}\n\tmodelPermission: read"
    rules = [f"\ttablePermission {quoted(table_name)} = {dax}" for table_name, dax in permissions]
    return "\n\n".join([head, *rules]) + "\n\n"


def _column(found: Table, column: Column, *, is_sort: bool) -> str:
    is_key = column.source == found.key
    lines = [
        f"/// {column.description}",
        f"column {quoted(column.name)}",
        f"\tdataType: {_TYPES[column.data_type]}",
    ]
    lines += ["\tisHidden"] if column.is_hidden else []
    lines += ["\tisKey"] if is_key else []
    lines += [f"\tformatString: {column.format_string}"] if column.format_string else []
    lines += ["\tisAvailableInMdx: false"] if column.is_hidden and not is_sort else []
    lines += [f"\tlineageTag: {tag(found.name, column.name)}"]
    lines += [f"\tdataCategory: {column.category}"] if column.category else []
    lines += ["\tsummarizeBy: none", f"\tsourceColumn: {column.source}"]
    lines += [f"\tsortByColumn: {quoted(column.sorted_by)}"] if column.sorted_by else []
    return "\n".join([*lines, "", "\tannotation SummarizationSetBy = User"])


def _measure(measure: Measure) -> str:
    body = f" {measure.dax}"
    if "\n" in measure.dax:
        body = "\n" + indented(measure.dax, 2)
    format_string = FORMAT_STRINGS[measure.format]
    lines = [f"/// {measure.description}", f"measure {quoted(measure.name)} ={body}"]
    lines += [f"\tformatString: {format_string}"] if format_string else []
    lines += [f"\tdisplayFolder: {measure.folder}"]
    lines += [f"\tlineageTag: {tag(MEASURES_TABLE, measure.name)}"]
    return "\n".join(lines)


def _partition(name: str, query: str) -> str:
    body = f"\n{indented(query, 3)}" if "\n" in query else f" {query}"
    return f"partition {quoted(name)} = m\n\tmode: import\n\tsource ={body}"


def _refresh_policy(query: str) -> str:
    """Keeps three years by month and reads the newest two months anew."""
    return (
        "refreshPolicy\n\tpolicyType: basic\n\trollingWindowGranularity: year\n"
        "\trollingWindowPeriods: 3\n\tincrementalGranularity: month\n\tincrementalPeriods: 2\n"
        f"\tsourceExpression =\n{indented(query, 2)}"
    )
