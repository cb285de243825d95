"""Rules of DAX: it names what there is, and keeps the habits that Microsoft's analyzer asks for."""

import re
from collections import Counter
from collections.abc import Iterator

from tests.powerbi.model import Model

COLUMN = re.compile(r"'([^']+)'\[([^\]]+)\]")
_TABLE = re.compile(r"'([^']+)'(?!\[)")
BARE = re.compile(r"(?<!['\w])\[([^\]]+)\]")
_BARE_TABLECOLUMN = re.compile(r"(?<!')\b([A-Za-z]\w*)\[")


def dax_texts(model: Model) -> Iterator[tuple[str, str]]:
    """Where DAX stands, and the DAX, its text literals emptied."""
    for owner, measure in model.measures():
        yield f"measure {owner}[{measure.name}]", emptied(measure.value or "")
    for role in model.roles.values():
        for rule in role.all("tablePermission"):
            yield f"role {role.name}, {rule.name}", emptied(rule.value or "")


def emptied(dax: str) -> str:
    return re.sub(r'"(?:[^"]|"")*"', '""', dax)


def references(model: Model) -> Iterator[str]:
    """DAX names what there is: columns with their table, measures without."""
    known = {(owner, one.name) for owner, one in model.columns()}
    known_measures = {one.name for _, one in model.measures()}
    for where, dax in dax_texts(model):
        for pair in COLUMN.findall(dax):
            if pair not in known:
                yield f"{where}: no column {pair[0]}[{pair[1]}]"
        for name in _TABLE.findall(COLUMN.sub("", dax)):
            if name not in model.tables:
                yield f"{where}: no table {name}"
        for name in BARE.findall(COLUMN.sub("", dax)):
            if name not in known_measures:
                yield f"{where}: no measure [{name}]"
        for name in _BARE_TABLECOLUMN.findall(dax):
            yield f"{where}: {name}[…] is not in quotes"


def measures(model: Model) -> Iterator[str]:
    texts = Counter(" ".join((one.value or "").split()) for _, one in model.measures())
    yield from (f"{count} measures say {dax}" for dax, count in texts.items() if count > 1)
    for owner, measure in model.measures():
        where, dax = f"[{measure.name}]", emptied(measure.value or "")
        is_text = dax.startswith(("SELECTEDVALUE(", '"')) or measure.name == "Snapshot"
        if owner != "Measures":
            yield f"{where}: is not in table Measures"
        if not is_text and not measure.properties.get("formatString"):
            yield f"{where}: has no format string"
        if not measure.properties.get("displayFolder"):
            yield f"{where}: has no folder"
        if re.search(r"(?<!/)/(?!/)", dax):
            yield f"{where}: divides without DIVIDE"
        for name in ("IFERROR", "ISERROR", "TODAY", "NOW", "UTCNOW", "USERELATIONSHIP"):
            if re.search(rf"\b{name}\b", dax):
                yield f"{where}: uses {name}"
