"""The wheel, installed without the checkout: it does what the README shows, word for word."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import open_published
from tests.commands import open_to_others, without_settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
MODELS = (ROOT / "docs" / "models.md").read_text()


@dataclass(frozen=True)
class Installed:
    """The package in a folder of its own, and what `posture demo` said from there."""

    site: Path
    work: Path
    demo: str

    @property
    def home(self) -> Path:
        return self.work / "data" / "demo"

    def posture(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_posture(self.site, self.work, *words)


def run_posture(site: Path, work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *words],
        cwd=work,
        env={**without_settings(), "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        # Whatever is written is open to all, unless a command minds it itself.
        umask=0,
    )


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    local = ["--no-deps", "--no-index", "--no-build-isolation"]
    site, work = folder / "site", folder / "work"
    # pip makes a wheel of the checkout, and installs that.
    subprocess.run([*pip, "install", *local, "--target", str(site), str(ROOT)], check=True)
    work.mkdir()
    before = contents(site)
    for path in (site, *site.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    ended = run_posture(site, work, "demo")
    assert ended.returncode == 0, ended.stderr
    assert contents(site) == before, "an installed package is not written to"
    return Installed(site, work, ended.stdout)


def test_the_installed_package_is_the_one_that_ran(installed: Installed) -> None:
    code = "import pipeline, pathlib; print(pathlib.Path(pipeline.__file__).parents[1])"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=installed.work,
        env={**os.environ, "PYTHONPATH": str(installed.site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(ended.stdout.strip()) == installed.site


def test_the_demo_says_what_the_readme_shows(installed: Installed) -> None:
    block = between("<!-- demo -->", "<!-- /demo -->")
    # An installed command is on the path: nothing to activate.
    shown = [
        line
        for line in block.splitlines()
        if line != "..." and not line.startswith(("```", "$ ", "2026-", "  source "))
    ]
    said = installed.demo.splitlines()
    assert len(shown) > 10
    assert [line for line in shown if line not in said] == []


def test_the_demos_summary_is_what_the_marts_say(installed: Installed) -> None:
    with open_published(installed.home) as connection:
        tenants = connection.sql(
            "select tenant_name, score_ratio from mart_posture_overview order by tenant_name"
        ).fetchall()
        titles = connection.sql(
            "select title from mart_recommended_actions"
            " join mart_posture_overview using (tenant_id)"
            " where action_rank <= 3 order by tenant_name, action_rank"
        ).fetchall()
        days = connection.sql("select count(distinct extract_date) from fct_collection").fetchone()
    assert days == (5,)
    for name, ratio in tenants:
        assert re.search(rf"^{re.escape(name)} .* {100 * ratio:.1f} %", installed.demo, re.M)
    shown = re.findall(r"^  \d\. (.*) \(\+", installed.demo, re.M)
    assert len(shown) == 3 * len(tenants)
    assert shown == [title.strip() for (title,) in titles]


def test_the_demo_leads_on(installed: Installed) -> None:
    hints = installed.demo.split("Try next:\n")[1].splitlines()
    with open_published(installed.home) as connection:
        first = connection.sql(
            "select tenant_name, score_ratio from mart_posture_overview order by tenant_name"
        ).fetchone()
    assert first is not None
    for hint, subject in zip(hints[:2], ("the portfolio", first[0]), strict=True):
        written = installed.work / hint.split("open ")[1].split(" in a browser")[0]
        assert written.parent == installed.home
        assert hint.endswith(f"the report of {subject}")
        assert subject == "the portfolio" or f"{100 * first[1]:.1f}\u00a0%" in written.read_text()
    assert len(hints[2:]) == 3
    for command in hints[2:]:
        assert command.strip().startswith("posture ")
        assert "--home data/demo" in command


SHOWN = {
    "select count(*), bool_and(is_expected) from mart_declared_principals": [(2, True)],
    "select distinct findings from mart_privileged_access where declared_role = 'emergency'": [
        ("",)
    ],
    "select count(*) > 0 from mart_partner_access join dim_tenant using (tenant_id)"
    " where segment = 'regulated'": [(True,)],
    "select distinct control_id from mart_recommended_actions join dim_tenant using (tenant_id)"
    " where segment = 'small_business' and action_rank = 1": [("security_defaults",)],
    "select count(*) from mart_best_practices where evidence like '%but Microsoft Intune Enr%'": [
        (1,)
    ],
    "select bool_or(activation_requires_mfa), bool_and(activation_requires_mfa)"
    " from fct_principal_posture_daily where activation_requires_mfa is not null": [(True, False)],
    "select count(*) from mart_score_movement"
    " where scope = 'overall' and abs(unexplained_points) > 0.005": [(0,)],
}


@pytest.mark.parametrize("question", SHOWN)
def test_the_demo_shows_what_tenants_do_and_leave_undone(
    installed: Installed, question: str
) -> None:
    with open_published(installed.home) as connection:
        assert connection.sql(question).fetchall() == SHOWN[question]


def test_nothing_of_the_demo_is_open_to_others(installed: Installed) -> None:
    assert [*(installed.home / "warehouse" / "target" / "run").rglob("*.sql")], "dbt wrote here"
    assert open_to_others(installed.home) == set()


def test_the_three_questions_have_the_answers_of_the_readme(installed: Installed) -> None:
    block = between("<!-- questions -->", "<!-- /questions -->")
    found = re.findall(
        r'\$ \S*posture sql --home data/demo "(.*?)"\n(.*?)\n```', block, flags=re.DOTALL
    )
    assert len(found) == 3
    for question, answer in found:
        ended = installed.posture("sql", "--home", "data/demo", question)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.strip() == answer.strip()


def test_the_page_of_models_has_every_published_one(installed: Installed) -> None:
    ended = installed.posture(
        "sql",
        "--home",
        "data/demo",
        "--format",
        "csv",
        "select distinct table_name from information_schema.tables"
        " where table_schema in ('core', 'marts') and not starts_with(table_name, 'latest_')",
    )
    assert ended.returncode == 0, ended.stderr
    published = set(ended.stdout.split()[1:])
    assert set(re.findall(r"^### (\w+)$", MODELS, re.M)) == published


def test_the_demo_works_twice(installed: Installed) -> None:
    query = "from fct_control_score_daily order by all"
    with open_published(installed.home) as connection:
        facts = connection.sql(query).fetchall()
    again = installed.posture("demo")
    assert again.returncode == 0, again.stderr
    assert again.stdout == installed.demo
    with open_published(installed.home) as connection:
        assert connection.sql(query).fetchall() == facts


def between(start: str, end: str) -> str:
    return README.split(start)[1].split(end)[0].strip()
