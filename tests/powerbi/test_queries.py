"""The M texts: whole by our own reader, parsed by Microsoft's where it is installed.

Power Query itself runs on Windows alone; docs/power-bi.md lists what only it can show.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.powerbi import queries
from tests.powerbi.model import Model

ROOT = Path(__file__).parents[2]
PARSER = "POSTURE_POWERQUERY_PARSER"
_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<name>#?[A-Za-z_][\w.]*)'
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<operator><>|<=|>=|=>|\.\.|[-+*/&=<>,;(){}\[\]@?])|(?P<blank>\s+)",
    re.DOTALL,
)
PAIRS = {")": "(", "]": "[", "}": "{", "in": "let", "else": "then"}
# Every library function that the texts may call: a new one is a decision.
LIBRARY = {
    "#date", "#datetime", "#table", "AzureStorage.DataLake", "Date.AddMonths", "Date.From",
    "Date.FromText", "DateTime.From", "DateTimeZone.FromText", "DateTimeZone.RemoveZone",
    "Error.Record", "Folder.Files", "Json.Document", "List.Contains", "List.Count", "List.Select",
    "List.Sum", "List.Transform", "MissingField.UseNull", "Order.Ascending", "Parquet.Document",
    "Record.FieldNames", "Record.FieldOrDefault", "Record.FieldValues", "Table.AddColumn",
    "Table.Combine", "Table.Distinct", "Table.IsEmpty", "Table.RemoveColumns", "Table.RowCount",
    "Table.SelectColumns", "Table.SelectRows", "Table.Sort", "Text.BeforeDelimiter",
    "Text.EndsWith", "Text.Length", "Text.Lower", "Text.Replace", "Text.Start", "Type.RecordFields",
    "Type.TableRow", "Value.ReplaceType", "Value.Type", "Int64.Type",
}  # fmt: skip


def texts(model: Model) -> dict[str, str]:
    found = {f"expression {name}": str(one.value) for name, one in model.expressions.items()}
    for name, table in model.tables.items():
        found[f"table {name}"] = table.one("partition").properties["source"]
    return found | {"the storage source": queries.storage_source()}


def tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None, f"no token of M at {text[at : at + 30]!r}"
        at = found.end()
        if found.lastgroup not in ("blank", "comment"):
            yield str(found.lastgroup), found[0]


def unbalanced(text: str) -> list[str]:
    """What is opened and never closed, or closed and never opened."""
    opened: list[str] = []
    for kind, token in tokens(text):
        if kind not in ("name", "operator"):
            continue
        if token in PAIRS.values():
            opened.append(token)
        elif token in PAIRS:
            if not opened or opened[-1] != PAIRS[token]:
                return [*opened, token]
            opened.pop()
    return opened


def test_every_query_is_whole(powerbi_model: Model) -> None:
    wrong = {where: unbalanced(text) for where, text in texts(powerbi_model).items()}
    assert {where: found for where, found in wrong.items() if found} == {}
    assert unbalanced("let A = (1 in A")
    assert unbalanced("if a then b")


def test_queries_call_known_functions_and_expressions_alone(powerbi_model: Model) -> None:
    own = set(powerbi_model.expressions) | {"StorageUrl"}
    for where, text in texts(powerbi_model).items():
        called = re.findall(r"([\w.#]+)\(", re.sub(r'"(?:[^"]|"")*"', '""', text))
        dotted = [token for kind, token in tokens(text) if kind == "name" and "." in token]
        assert set(called) | set(dotted) <= LIBRARY | own, where


def test_there_is_one_data_source_and_it_takes_a_parameter_alone(powerbi_model: Model) -> None:
    """The service refreshes no source that a query puts together."""
    sources = [
        (where, call)
        for where, text in texts(powerbi_model).items()
        for call in re.findall(r"(?:Folder\.\w+|File\.\w+|AzureStorage\.\w+|Web\.\w+)\(.*?\)", text)
    ]
    assert sources == [
        ("expression PublishedFiles", "Folder.Files(DataFolder)"),
        ("the storage source", "AzureStorage.DataLake(StorageUrl)"),
    ]


def test_every_table_reads_the_snapshot_that_the_manifest_names(powerbi_model: Model) -> None:
    for name, table in powerbi_model.tables.items():
        source = table.one("partition").properties["source"]
        assert ("ReadModel(" in source) != (name in ("Measures", "Part", "Refresh"))
        assert "PublishedFiles" not in source
    read = str(powerbi_model.expressions["ReadModel"].value)
    assert "Manifest[Document][models]" in read


def test_microsofts_parser_reads_every_query(powerbi_model: Model, tmp_path: Path) -> None:
    folder = os.environ.get(PARSER)
    if not folder or shutil.which("node") is None:
        pytest.skip(
            f"{PARSER} names no folder with npm's @microsoft/powerquery-parser installed, which "
            "needs node: a fresh machine has Python alone; docs/power-bi.md"
        )
    listed = tmp_path / "queries.json"
    listed.write_text(json.dumps(texts(powerbi_model) | {"broken": "let A = in"}))
    script = """
        const {DefaultSettings, TaskUtils} = require('@microsoft/powerquery-parser');
        const queries = JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'));
        (async () => {
          const wrong = [];
          for (const [name, text] of Object.entries(queries)) {
            const task = await TaskUtils.tryLexParse(DefaultSettings, text);
            if (!TaskUtils.isParseStageOk(task)) wrong.push(name);
          }
          console.log(JSON.stringify(wrong));
        })();
    """
    ended = subprocess.run(
        ["node", "-e", script, str(listed)],
        cwd=folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(ended.stdout) == ["broken"]
