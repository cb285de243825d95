"""A home anywhere: whatever signs are in its path, whatever the umask.

A path is data: all works below it, or one line names the sign that will not do. What is written
is its user's alone.
"""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipeline import open_published
from tests.commands import open_to_others, posture, posture_here
from tests.signs import SIGNS
from tests.small_warehouse import Warehouse
from tests.statements import SHARED

REFUSED = ("what?", "back\\slash", "new\nline", "tab\tulated", "line\u2028break", "bell\x07")
QUERY = "select count(*) as n from dim_tenant"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole way, through Dagster, below a folder of each kind; the umask is careless."""
    home = tmp_path_factory.mktemp("signs").joinpath(*SIGNS, "home")
    with without_a_mask():
        ended = posture_here("demo", "--home", home, "--tenants", 1, "--days", 3)
    assert ended.code == 0, ended.err
    return home


@contextmanager
def without_a_mask() -> Iterator[None]:
    """Whatever is written is open to all, unless a command minds it itself."""
    before = os.umask(0)
    try:
        yield
    finally:
        assert os.umask(before) == 0


@pytest.fixture
def careless() -> Iterator[None]:
    with without_a_mask():
        yield


def test_dbt_parses_and_compiles_below_any_signs(home: Path) -> None:
    """It did so for all homes of these tests."""
    assert set(SIGNS) < set(SHARED.root.parts)
    assert (SHARED.dbt_target / "partial_parse.msgpack").exists()
    assert [*(SHARED.dbt_target / "run").rglob("*.sql")]
    [made] = (SHARED.dbt_target / "statements").iterdir()
    [taken] = (home / "warehouse" / "target" / "statements").iterdir()
    assert taken.name == made.name


@pytest.mark.usefixtures("careless")
def test_a_home_below_any_signs_is_built_anew_and_published(home: Path) -> None:
    built = posture_here("build", "--full", "--home", home)
    assert built.code == 0, built.err
    assert str(home) in built.out
    assert posture_here("publish", "--home", home).code == 0
    with open_published(home) as connection:
        assert connection.execute(QUERY).fetchone() == (1,)
        [(day,)] = connection.execute(
            "select max(extract_date)::varchar from fct_collection"
        ).fetchall()
    again = posture_here("build", "--as-of", day, "--home", home)
    assert again.code == 0, again.err


def test_every_reader_works_below_any_signs(home: Path, tmp_path: Path) -> None:
    config, folder = home / "tenants.yaml", tmp_path.joinpath(*SIGNS[:6])
    where = ("--home", home, "--config", config)
    with open_published(home) as connection:
        assert connection.execute(QUERY).fetchone() == (1,)
        [(tenant,)] = connection.execute("select tenant_id from dim_tenant").fetchall()
    with duckdb.connect(str(home / "published" / "posture.duckdb"), read_only=True) as connection:
        fact = "select count(*) > 0 from core.fct_control_score_daily"
        assert connection.execute(fact).fetchone() == (True,)
    report, answer = folder / "report *.html", folder / "answer [1].parquet"
    folder.mkdir(parents=True)
    with without_a_mask():
        for words in (
            ("sql", QUERY, "--format", "parquet", "-o", answer),
            ("status",),
            ("plan", "--tenant", tenant, "--target", "1"),
            ("report", "-o", report),
            ("report", "--tenant", tenant, "-o", report),
            ("export", "--tenant", tenant, "-o", folder / "copy"),
            ("powerbi", "--output", folder / "powerbi", "--data-folder", home / "published"),
        ):
            ended = posture_here(*words, *where)
            assert ended.code == 0, (words, ended.err)
    assert open_to_others(tmp_path / SIGNS[0]) == {
        str(one) for one in (folder, *folder.parents)[:6]
    }
    assert report.stat().st_size > 10_000
    ended = posture("sql", QUERY, "--home", folder / "copy", "--format", "csv")
    assert (ended.code, ended.out.split()) == (0, ["n", "1"])


def test_nothing_of_a_run_under_a_careless_umask_is_open_to_others(home: Path) -> None:
    kinds = {path.suffix for path in home.rglob("*")}
    assert kinds >= {".parquet", ".duckdb", ".db", ".yaml", ".json", ".html", ".pem"}
    assert open_to_others(home) == set()


@pytest.mark.parametrize("sign", REFUSED)
def test_a_folder_below_which_no_database_can_lie_is_refused_by_name(
    tmp_path: Path, sign: str
) -> None:
    folder = tmp_path / sign
    for words in (
        ("demo", "--home", folder),
        ("build", "--full", "--home", folder),
        ("publish", "--home", folder),
        ("run", "--home", folder),
        ("sql", "select 1", "--home", folder),
        ("dev", "--home", folder),
    ):
        ended = posture_here(*words)
        assert ended.code == 2, (words, ended)
        assert len(ended.err.splitlines()) == 1
        [refused] = [one for one in sign if not one.isalpha()]
        assert f"the sign {refused!r}" in ended.err
    assert not folder.exists()


@pytest.mark.parametrize("words", [("run",), ("dev",), ("demo",)])
def test_what_dagster_would_read_as_another_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Reading there is no trouble: a client's copy may lie in any download folder."""
    home = tmp_path / "My%20Files" / "home"
    monkeypatch.chdir(tmp_path)
    ended = posture_here(*words, "--home", home)
    assert ended.code == 2, ended
    assert "--home" in ended.err
    assert "%20" in ended.err
    assert not home.exists()
    assert posture_here("status", "--home", home).code == 0


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    ended = posture("status", "--home", os.fsdecode(os.fsencode(tmp_path / "a") + b"\xff"))
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert "the sign" in ended.err


def test_a_copy_is_not_written_where_its_database_could_not_lie(home: Path, tmp_path: Path) -> None:
    with open_published(home) as connection:
        [(tenant,)] = connection.execute("select tenant_id from dim_tenant").fetchall()
    ended = posture_here(
        "export", "--tenant", tenant, "-o", tmp_path / "why?" / "copy", "--home", home
    )
    assert (ended.code, list(tmp_path.iterdir())) == (2, [])
    assert "--output" in ended.err


def test_a_home_that_was_open_is_closed_by_the_next_command_that_writes(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.publish()
    home, elsewhere = warehouse.home.root, tmp_path / "elsewhere"
    elsewhere.write_text("of somebody else")
    elsewhere.chmod(0o644)
    (home / "link").symlink_to(elsewhere)
    for path in (home, *home.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)
    assert posture("publish", "--home", home, umask=0).code == 0
    assert open_to_others(home) == set()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644
    with open_published(home) as connection:
        assert connection.execute("select count(*) from dim_tenant").fetchone() == (10,)


def test_processes_of_dagster_write_for_their_user_alone(home: Path) -> None:
    code = (
        "import os; os.umask(0); from pipeline.definitions import defs; defs(); print(os.umask(0))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"POSTURE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert ended.stdout.split()[-1] == str(0o077)
