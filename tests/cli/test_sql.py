"""`posture sql`: what it answers, in which form, and what it refuses."""

import csv
import io
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from pipeline.home import Home
from tests.small_warehouse import VERSIONS, Warehouse

ODD = (
    "select 1 as a, 2 as a, '=1+1' as text, 1.25::decimal(9, 2) as points, true as flag,"
    " date '2026-06-30' as day, timestamp '2026-06-30 05:00:00' as at, null as absent,"
    " 'nan'::double as no_number, sum(1::bigint) as total, 'Søn, \"Ø\"' as name"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = Warehouse(Home(tmp_path_factory.mktemp("sql") / "home"))
    warehouse.write(1, versions=VERSIONS)
    warehouse.publish()
    return warehouse.home.root


def sql(home: Path, query: str, *options: object) -> int:
    return main(["sql", query, "--home", str(home), *map(str, options)])


def test_json_is_one_array_of_objects(
    home: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert sql(home, ODD, "--format", "json") == 0
    assert json.loads(capsysbinary.readouterr().out) == [
        {
            "a": 1,
            "a_1": 2,
            "text": "=1+1",
            "points": 1.25,
            "flag": True,
            "day": "2026-06-30",
            "at": "2026-06-30T05:00:00",
            "absent": None,
            "no_number": None,
            "total": 1,
            "name": 'Søn, "Ø"',
        }
    ]
    assert sql(home, "from dim_tenant where false", "--format", "json") == 0
    assert json.loads(capsysbinary.readouterr().out) == []


def test_csv_keeps_a_spreadsheet_from_running_a_name(
    home: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    names = "['=1+1', '+1', '-1', '@x', chr(9) || 'x', 'plain', 'a=b']"
    query = f"select unnest({names}) as name, -1 as number"
    assert sql(home, query, "--format", "csv") == 0
    lines = capsysbinary.readouterr().out.decode().splitlines()
    rows = list(csv.DictReader(lines))
    assert [row["name"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", "a=b"]
    assert {row["number"] for row in rows} == {"-1"}


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
@pytest.mark.parametrize(
    "before", ["", " ", "\t", "\n", "\r", "\u00a0", "\u3000", "\ufeff", "\u200b "]
)
def test_no_cell_of_a_csv_runs_in_a_spreadsheet(
    home: Path, capsysbinary: pytest.CaptureFixture[bytes], before: str, sign: str
) -> None:
    """Neither a value nor the name of a column, which pivots take from values."""
    text = f"{before}{sign}cmd|'/C calc'!A0"
    name = text.replace('"', '""')
    value = text.replace("'", "''")
    query = f"select '{value}' as \"{name}\", 'a{sign}b' as plain"
    assert sql(home, query, "--format", "csv") == 0
    written = capsysbinary.readouterr().out.decode()
    [header, row] = list(csv.reader(io.StringIO(written, newline="")))
    assert header == [f"'{text}", "plain"]
    assert row == [f"'{text}", f"a{sign}b"]


def test_parquet_goes_to_a_file_that_any_reader_opens(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "tenants.parquet"
    query = "select tenant_id, seat_count from core.dim_tenant order by tenant_id"
    assert sql(home, query, "--format", "parquet", "-o", target) == 0
    assert pq.read_table(target).to_pylist()[0] == {"tenant_id": "tenant-0", "seat_count": 3}
    assert duckdb.sql(f"select count(*) from '{target}'").fetchone() == (10,)


def test_table_aligns_and_shows_names_safely(
    home: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    name = "'a' || chr(27) || '[31m' || chr(8238) || 'b'"
    query = f"select {name} as name, 5 as n, null as gap, true as ok"
    assert sql(home, query) == 0
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        "name      n  gap  ok",
        "a\ufffd[31m\ufffdb  5       true",
    ]


def test_schemas_are_on_the_search_path_and_a_query_comes_from_a_file(
    home: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    query = tmp_path / "query.sql"
    query.write_text(
        "select count(*) as n\nfrom mart_posture_overview\njoin dim_tenant using (tenant_id);\n"
    )
    assert main(["sql", "-f", str(query), "--home", str(home), "--format", "csv"]) == 0
    assert capsysbinary.readouterr().out == b"n\n10\n"


@pytest.mark.parametrize(
    "query",
    [
        "describe dim_tenant",
        "show tables",
        "summarize dim_tenant",
        "explain select 1",
        "pivot dim_tenant on is_active using count(*)",
        "with a as (select 1) from a",
        "values (1)",
        "select 1;",
    ],
)
def test_what_only_reads_is_let_through(home: Path, query: str) -> None:
    assert sql(home, query) == 0


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("create table x as select 1", "CREATE is refused"),
        ("drop view core.dim_tenant", "DROP is refused"),
        ("insert into dim_tenant select * from dim_tenant", "INSERT is refused"),
        ("copy (select 1) to 'out.csv'", "COPY is refused"),
        ("explain analyze copy (select 1) to 'out.csv'", "COPY is refused"),
        ("explain /* */ analyze copy (select 1) to 'out.csv'", "syntax error"),
        ("export database 'out'", "EXPORT is refused"),
        ("attach 'out.duckdb'", "ATTACH is refused"),
        ("install httpfs", "LOAD is refused"),
        ("set enable_external_access = true", "SET is refused"),
        ("pragma enable_profiling", "refused"),
        ("select 1; select 2", "one query at a time"),
        ("", "one query at a time"),
        ("selec 1", 'syntax error at or near "selec"'),
        ("select * from dim_tenants", "dim_tenants does not exist"),
        ("select tenant from dim_tenant", '"tenant" not found'),
        ("from read_csv('/etc/passwd')", "Cannot access file"),
        ("from read_text('/etc/hostname')", "Cannot access file"),
        ("from glob('/etc/*')", "Cannot access file"),
        ("from 'tenants.yaml'", "tenants.yaml"),
    ],
)
def test_what_does_not_only_read_the_snapshot_is_one_line(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    query: str,
    said: str,
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert sql(home, query) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert captured.out == ""
    assert list(folder.iterdir()) == []


def test_a_query_that_fails_on_the_data_is_exit_1(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sql(home, "select cast(tenant_id as integer) from dim_tenant") == 1
    assert "Could not convert string 'tenant-" in capsys.readouterr().err


def test_an_output_file_is_whole_or_as_it_was(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")
    fails_late = "select cast(if(i = 199999, 'x', '1') as integer) from range(200000) as t (i)"
    assert sql(home, fails_late, "--format", "csv", "-o", target) == 1
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert sql(home, "select 1 as n", "--format", "csv", "-o", target) == 0
    assert target.read_text() == "n\n1\n"
    assert sql(home, "select 1", "-o", tmp_path / "absent" / "out.csv") == 1
