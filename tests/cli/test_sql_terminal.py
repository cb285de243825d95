"""`posture sql` on a terminal: tables that fit, paging, and the prompt."""

import stat
from pathlib import Path

import pytest
from rich.cells import cell_len

from pipeline.cli.sql.prompt import is_complete
from pipeline.cli.sql.terminal import table_lines
from tests.cli.terminal import Terminal
from tests.estate import Estate

LONG = "Ensure multifactor authentication is enabled for all users in administrative roles"


def test_a_table_fits_with_numbers_whole_and_text_shortened() -> None:
    rows = [("Søn 日本 GmbH", LONG, 1234567.25), (None, "short", None)]
    lines = list(
        table_lines(("tenant", "title", "points"), iter(rows), numeric=frozenset({2}), width=48)
    )
    assert lines == [
        "tenant         title                      points",
        "─────────────  ─────────────────────  ──────────",
        "Søn 日本 GmbH  Ensure multifactor a…  1234567.25",
        "–              short                           –",
    ]
    assert max(map(cell_len, lines)) == 48
    whole = list(
        table_lines(("tenant", "title", "points"), iter(rows), numeric=frozenset({2}), width=None)
    )
    assert LONG in whole[2]


def test_what_cannot_fit_is_told_record_by_record() -> None:
    names = [f"column_{number}" for number in range(30)]
    row = (LONG, None, *range(28))
    lines = list(table_lines(names, iter([row]), numeric=frozenset(range(2, 30)), width=60))
    assert lines[0].startswith("─── row 1 ─")
    assert lines[1] == "column_0   Ensure multifactor authentication is enabled for…"
    assert lines[2] == "column_1   –"
    assert len(lines) == 31


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0.6822627737226277, "0.6823"), (0.0, "0.0"), (1e-9, "1e-09"), (-12.5, "-12.5")],
)
def test_ratios_are_rounded_and_never_to_zero(number: float, shown: str) -> None:
    assert list(table_lines(("n",), iter([(number,)]), numeric=frozenset({0}), width=80))[2] == (
        shown.rjust(max(len(shown), 1))
    )
    wide = list(table_lines(("n",), iter([(number,)]), numeric=frozenset({0}), width=None))
    assert wide[2] == str(number)


def test_a_semicolon_ends_a_query_where_it_is_one() -> None:
    assert all(map(is_complete, ["select 1;", "select 'ø;';", "select 1; -- so", "select 1 ;\n"]))
    assert not any(map(is_complete, ["select 1", "select ';", "select 1 -- ;", "", "$$a;", "/* ;"]))


def test_names_stay_inert_and_the_footer_is_for_people(estate: Estate, tmp_path: Path) -> None:
    query = "select tenant_name, score_ratio, null as gap from mart_posture_overview order by 1"
    words = ["sql", query, "--home", str(estate.home.root)]
    code, said = Terminal(words, folder=tmp_path, columns=60, PAGER="false").ended()
    assert code == 0
    lines = said.splitlines()
    assert lines[0].split() == ["tenant_name", "score_ratio", "gap"]
    assert len(lines) == 11
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert lines[-1].startswith("8 rows, ")
    assert max(map(cell_len, lines)) <= 60


def test_more_than_a_screen_is_paged(estate: Estate, tmp_path: Path) -> None:
    words = ["sql", "select * from range(100000) as t (i)", "--home", str(estate.home.root)]
    terminal = Terminal(words, folder=tmp_path, lines=12)
    assert "     9" not in terminal.said(until="\n:")
    terminal.types("q")
    code, said = terminal.ended()
    assert code == 0
    assert " rows shown, and more, " in said
    words[1] = "select * from range(1000) as t (i)"
    code, said = Terminal([*words, "--no-pager"], folder=tmp_path, lines=12).ended()
    assert code == 0
    assert said.count("\n") == 1_003
    assert "1,000 rows, " in said


def test_the_prompt_answers_until_it_is_left(estate: Estate, tmp_path: Path) -> None:
    terminal = Terminal(["sql", "--home", str(estate.home.root)], folder=tmp_path, columns=110)
    assert "as of 2026-06-30" in terminal.said(until="posture> ")
    terminal.types("select count(*) as clients\n")
    terminal.said(until="...> ")
    terminal.types("from dim_tenant;\n")
    assert "      8\n1 row, " in terminal.said(until="posture> ")
    for wrong, why in (
        ("select nonsense;", '! Binder Error: Referenced column "nonsense" was not found'),
        ("drop table core.dim_tenant;", "! DROP is refused: posture sql only reads"),
        ("from read_csv('/etc/passwd');", "Cannot access file"),
        (".delete", "! .delete is not known here; .help tells what is"),
        (".describe dim_nothing", "! there is no model dim_nothing; .tables lists them"),
    ):
        terminal.types(wrong + "\n")
        assert why in terminal.said(until="posture> ")
    terminal.types("select 'dropped\n")
    terminal.said(until="...> ")
    terminal.interrupts(until="posture> ")
    terminal.types("select count(*) from range(1000000000000) as t (i) where i % 7 = 3;\n")
    terminal.said(until="= 3;\n")
    terminal.interrupts(until="posture> ")
    terminal.types("select * from range(1000000000000);\n")
    terminal.said(until="\n:")
    terminal.types("q")
    assert "rows shown, and more" in terminal.said(until="posture> ")
    terminal.types(".describe core.dim_tenant\n")
    assert "Microsoft Entra tenant id." in terminal.said(until="posture> ")
    terminal.types("select seat_cou\t from mart_posture_over\t limit 1;\n")
    assert "1 row, " in terminal.said(until="posture> ")
    terminal.types(".tables\n")
    terminal.said(until="\n:")
    terminal.types("q")
    terminal.said(until="posture> ")
    terminal.types("\x04")
    code, _ = terminal.ended()
    assert code == 0
    history = tmp_path / "posture" / "sql_history"
    assert "from dim_tenant;" in history.read_text()
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
