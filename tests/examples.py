"""The example questions of the public models, as their yml files have them."""

from dataclasses import dataclass

import duckdb
import yaml

from pipeline.home import dbt_project_dir


@dataclass(frozen=True)
class Example:
    """A question to one model, and the SQL that answers it."""

    model: str
    question: str
    sql: str


def examples() -> list[Example]:
    found = []
    for folder in ("core", "marts"):
        for path in sorted((dbt_project_dir() / "models" / folder).glob("*.yml")):
            for model in yaml.safe_load(path.read_text()).get("models", ()):
                listed = model["config"]["meta"].get("examples", ())
                found += [Example(model["name"], e["question"], e["sql"]) for e in listed]
    return found


def unusable(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """A line for every example that does not run."""
    lines = []
    for example in examples():
        try:
            connection.execute(example.sql).fetchall()
        except duckdb.Error as error:
            lines.append(f"{example.model}, {example.question}: {str(error).splitlines()[0]}")
    return lines
