"""What a command imports before it answers: each module costs every start of it."""

import pytest

from pipeline.home import Home
from tests.commands import posture_listing_modules
from tests.plan.snapshot import DAY, TENANT, Snapshot
from tests.warehouse.lake_writer import write_run

# A second or more each, or half of what a start may take; most of them load many others.
HEAVY = {"dbt", "dagster", "pandas", "msgraph", "azure", "kiota_abstractions", "aiohttp", "httpx"}
HEAVY |= {"pydantic", "jinja2", "cryptography", "sqlalchemy", "rich.progress", "asyncio"}
ARROW = {"pyarrow", "numpy"}


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
    ended = posture_listing_modules(*words, "--home", home.root)
    assert ended.code == 0, ended.err
    assert sorted(set(ended.err.split()) & banned) == []
