"""Models and tests of the dbt project: as they are run, and how that ended."""

from dataclasses import dataclass

GOOD_STATUSES = {"success", "pass", "warn", "no-op", "skipped"}


@dataclass(frozen=True)
class Node:
    """One model or data test: its statement as dbt runs it in a build that goes on.

    A test's statement gives the number of failures, whether it should warn and whether it should
    fail. `is_kept`: the next build or a reader needs the table; others are dropped in the end.
    `is_history`: what the next slice goes on from is this model or made of it.
    """

    unique_id: str
    name: str
    resource_type: str
    schema: str
    statement: str
    is_portfolio: bool
    is_kept: bool
    is_history: bool
    fails: bool


@dataclass(frozen=True)
class NodeResult:
    """One dbt node: a model, seed or test, how it ended and how long it took."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    message: str
    failures: int | None
    seconds: float

    @property
    def is_failure(self) -> bool:
        return self.status not in GOOD_STATUSES
