"""Where dbt cannot run at all, the line says why, and the log that it names is there."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.warehouse.dbt_errors import could_not_run, raise_if_stopped


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ('Runtime Error\n  Catalog "a" does not exist!', 'Runtime Error Catalog "a" does not'),
        ("Parser Error: Memory must have a number\n", "Memory must have a number"),
        ("x" * 10_000, "x…; see "),
        ("Ø\u2028\n'", "Ø"),
    ],
)
def test_the_log_that_the_line_names_holds_what_dbt_said(
    tmp_path: Path, error: str, told: str
) -> None:
    log = tmp_path / "warehouse" / "logs" / "dbt.log"
    line = str(could_not_run(RuntimeError(error), log))
    assert told in line
    assert line.endswith(f"; see {log}")
    assert len(line.splitlines()) == 1
    assert log.read_text(encoding="utf-8") == error.strip() + "\n"


def test_who_stops_dbt_is_not_told_that_it_could_not_run() -> None:
    with pytest.raises(KeyboardInterrupt):
        raise_if_stopped(SimpleNamespace(exception=KeyboardInterrupt()))
    raise_if_stopped(SimpleNamespace(exception=RuntimeError("an error")))
    raise_if_stopped(SimpleNamespace(exception=None))
