"""What a command imports before it answers: each module costs every start of it."""

import subprocess
import sys

import pytest

from pipeline.home import Home
from tests.plan.snapshot import DAY, TENANT, Snapshot
from tests.warehouse.lake_writer import write_run

# A second or more each, or half of what a start may take; most of them load many others.
HEAVY = {"dbt", "dagster", "pandas", "msgraph", "azure", "kiota_abstractions", "aiohttp", "httpx"}
HEAVY |= {"pydantic", "jinja2", "cryptography", "sqlalchemy", "rich.progress", "asyncio"}
ARROW = {"pyarrow", "numpy"}
RUN = """
import sys
from pipeline.cli import main
code = main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published tenant with something to plan, and a lake with something to tell."""
    made = Snapshot(Home(tmp_path_factory.mktemp("start")))
    made.tenant("Contoso")
    made.score(50, 100)
    made.action("best", 40)
    made.publish()
    write_run(made.home.lake, DAY, {TENANT: {"organization": [], "users": "throttled"}})
    return made.home


@pytest.mark.parametrize(
    ("words", "banned"),
    [
        (["status"], HEAVY),
        (["sql", "select count(*) from dim_tenant"], HEAVY),
        (["plan", "--tenant", "Contoso", "--target", "80"], HEAVY | ARROW),
    ],
)
def test_a_command_imports_only_what_it_needs(
    home: Home, words: list[str], banned: set[str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", RUN, *words, "--home", str(home.root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(set(ended.stderr.split()) & banned) == []
