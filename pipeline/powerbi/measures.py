"""The measures of the model, those that are made from others included."""

import re
from collections.abc import Collection, Iterator, Sequence

from pipeline.powerbi.definition import (
    SNAPSHOT_COLUMN,
    Measure,
    Part,
    Table,
    caption,
    measure_entries,
    parts,
)
from pipeline.text import one_line

FORMAT_STRINGS = {
    "count": "#,0",
    "days": "#,0.0",
    "points": "#,0.0",
    "points_change": "+#,0.0;-#,0.0;0.0",
    "percent": "0.0%",
    "change": "+0.0%;-0.0%;0.0%",
    "date": "yyyy-MM-dd",
    "moment": "yyyy-MM-dd HH:mm",
    "text": None,
}
_PART = """\
VAR chosen_period = SELECTEDVALUE('Score movement'[Period], "30d")
VAR chosen_scope = SELECTEDVALUE('Scope'[Scope], "overall")
RETURN CALCULATE({function}('Score movement'[{column}]),
    'Score movement'[Period] = chosen_period, 'Scope'[Scope] = chosen_scope)"""
COLUMN_REFERENCE = re.compile(r"'([^']+)'(?:\[([^\]]+)\])?")
MEASURE_REFERENCE = re.compile(r"(?<!['\w])\[([^\]]+)\]")


def measures(tables: Sequence[Table]) -> tuple[Measure, ...]:
    """Every measure that these tables can answer, in order.

    One that names a table not among them is left out, and with it those that build on it.
    """
    known = {table.name for table in tables}
    wanted = list(_all(tables))
    while True:
        names = {measure.name for measure in wanted}
        kept = [one for one in wanted if _is_answerable(one, known, names)]
        if len(kept) == len(wanted):
            return tuple(kept)
        wanted = kept


def _is_answerable(measure: Measure, tables: Collection[str], names: Collection[str]) -> bool:
    dax = without_texts(measure.dax)
    tables_used = {match[0] for match in COLUMN_REFERENCE.findall(dax)}
    return tables_used <= set(tables) and set(measures_used(dax)) <= set(names)


def measures_used(dax: str) -> list[str]:
    """The names of the measures that an expression builds on."""
    return MEASURE_REFERENCE.findall(without_texts(dax))


def without_texts(dax: str) -> str:
    """The expression with its text literals emptied."""
    return re.sub(r'"(?:[^"]|"")*"', '""', dax)


def _all(tables: Sequence[Table]) -> Iterator[Measure]:
    made = {
        "$switch_ratio": _by_part(""),
        "$switch_points": _by_part(" points"),
        "$snapshots": _snapshots(tables),
    }
    for folder, name, entry in measure_entries():
        if name == "$parts":
            for part in parts():
                yield from _of_part(part, folder)
            continue
        dax = made.get(entry["dax"], entry["dax"])
        yield Measure(name, folder, entry["format"], dax, one_line(entry["description"]))


def _of_part(part: Part, folder: str) -> Iterator[Measure]:
    """What a part moved, as a ratio and in points."""
    for unit, name, function, format_name, meaning in (
        ("ratio", part.name, "AVERAGE", "change", "Mean change of the score moved by"),
        ("points", f"{part.name} points", "SUM", "points_change", "Points moved by"),
    ):
        column = caption(f"{part.source}_{unit}")
        dax = _PART.format(function=function, column=column)
        description = f"{meaning} {one_line(part.meaning)}; of the last 30 days, else as selected."
        yield Measure(name, folder, format_name, dax, description)


def _by_part(suffix: str) -> str:
    cases = ",\n".join(f'        "{part.name}", [{part.name}{suffix}]' for part in parts())
    return f"SUMX(VALUES('Part'[Part]),\n    SWITCH('Part'[Part],\n{cases}))"


def _snapshots(tables: Sequence[Table]) -> str:
    """How many tables were read from another snapshot than table Refresh; empty ones are well."""
    column = caption(SNAPSHOT_COLUMN)
    terms = "\n    + ".join(
        f"INT(COALESCE(MAX('{table.name}'[{column}]), newest) <> newest)"
        for table in tables
        if table.model is not None and not table.is_access
    )
    return f"VAR newest = MAX('Refresh'[{column}])\nRETURN {terms}"
