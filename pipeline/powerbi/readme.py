"""README.md of the project: how to open it, and every table and measure."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.powerbi.definition import Measure, Table

_HEAD = """# {title}: Power BI project

Open `Posture.pbip` in Power BI Desktop, set the parameter `{parameter}` (Transform data > Edit
parameters) to the folder that holds `manifest.json`, and refresh. Everything here is generated;
change the definition it comes from, or save your own copy under another name.
"""


def readme(title: str, parameter: str, tables: Sequence[Table], measures: Sequence[Measure]) -> str:
    """The page for a model of these tables and measures."""
    lines = [_HEAD.format(title=_cell(title), parameter=parameter), "## Tables\n"]
    lines += ["| table | published model | what a row is |", "|---|---|---|"]
    lines += [
        f"| {table.name} | {f'`{table.model}`' if table.model else 'none'} "
        f"| {_cell(table.description)} |"
        for table in tables
    ]
    lines += ["", "## Measures", *_measures(measures)]
    return "\n".join(lines) + "\n"


def _measures(measures: Sequence[Measure]) -> Iterator[str]:
    for folder, listed in groupby(measures, key=lambda one: one.folder):
        yield f"\n### {folder}\n"
        yield "| measure | meaning |"
        yield "|---|---|"
        for measure in listed:
            yield f"| {measure.name} | {_cell(measure.description)} |"


def _cell(text: str) -> str:
    """The text on one line, inert in Markdown."""
    return re.sub(r"([\\*\[\]<>|])", r"\\\1", " ".join(text.split()))
