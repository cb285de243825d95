"""One tenant with many users and many holders of roles, through every stage.

    python -m tests.benchmarks.large_tenant [--users N]... [--holders N]

A line a size: what collection, build, publish and report took, and the most memory of any of them.
"""

import argparse
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.home import Home
from pipeline.sandbox import Sandbox
from tests.benchmarks.watched import Watched, posture
from tests.statements import give

HELPDESK, EXCHANGE, GLOBAL_READER = (
    "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
)
ROLES = (HELPDESK, EXCHANGE, GLOBAL_READER)


def more_holders(sandbox: Sandbox, count: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An edit of the last page of role assignments: so many users more, each with a role."""
    [tenant] = sandbox.tenants
    staff = sandbox._world.estate.story(tenant).cast.staff

    def rows(seen: Iterator[int]) -> Iterator[dict[str, Any]]:
        for number in seen:
            person = staff.record(staff.enabled(number))
            yield {
                "id": f"added-{number}",
                "principalId": person["id"],
                "principalOrganizationId": tenant.tenant_id,
                "roleDefinitionId": ROLES[number % len(ROLES)],
                "directoryScopeId": "/",
                "appScopeId": None,
                "condition": None,
                "principal": person,
            }

    def edited(page: dict[str, Any]) -> dict[str, Any]:
        if "@odata.nextLink" in page:
            return page
        return page | {"value": [*page["value"], *rows(iter(range(count)))]}

    return edited


def lived(folder: Path, users: int, holders: int) -> Iterator[tuple[str, Watched]]:
    home = Home(folder / "home")
    give(home)
    with Sandbox(
        tenants=1, days=90, seed=11, shapes=["regulated"], users=users, latency=0.0,
        throttling=False,
    ) as sandbox:  # fmt: skip
        edit = more_holders(sandbox, holders)
        sandbox.edits.add(path="/roleAssignments?", function=edit)
        config = sandbox.write_config(folder / "tenants.yaml")
        day = sandbox.today.isoformat()
        words = ("collect", "--config", config, "--home", home.root, "--date", day)
        yield "collect", posture(*words)
    for stage in ("build", "publish"):
        yield stage, posture(stage, "--home", home.root)
    yield "report", posture("report", "--home", home.root, "-o", folder / "report.html")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, nargs="*", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--holders", type=int, default=2_000)
    asked = parser.parse_args()
    for users, holders in itertools.product(asked.users, {0, asked.holders}):
        if holders > users:
            continue
        with tempfile.TemporaryDirectory() as name:
            told = [f"{stage} {found}" for stage, found in lived(Path(name), users, holders)]
        print(f"{users} users, {holders} more holders of roles: {'; '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
