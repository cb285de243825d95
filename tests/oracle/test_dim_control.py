"""dim_control as a history: on every captured day it says what the catalogue said that day."""

from bisect import bisect_right
from datetime import date, timedelta

import pandas as pd
import pytest

from tests.oracle.compare import assert_same, plain
from tests.oracle.portfolio import BUILT, Portfolio
from tests.oracle.posture_judge import Verdict

SAID = (
    "title",
    "control_category",
    "service",
    "tier",
    "rank",
    "max_points",
    "action_type",
    "action_url",
    "is_deprecated",
)


@pytest.fixture(scope="module")
def versions(portfolio: Portfolio) -> pd.DataFrame:
    found = portfolio.snapshots[BUILT[-1]]["dim_control"].copy()
    for column in ("valid_from", "valid_to"):
        found[column] = pd.Series(
            [_day(value) for value in found[column]], index=found.index, dtype=object
        )
    return found.sort_values(["tenant_id", "control_id", "valid_from"])


def _day(value: object) -> date | None:
    found = plain(value)
    return found.date() if hasattr(found, "date") else found


def test_each_captured_day_reads_as_captured(versions: pd.DataFrame, verdict: Verdict) -> None:
    expected = verdict.frames["dim_control"]
    starts: dict[tuple[str, str], list[tuple[date, tuple[object, ...]]]] = {}
    columns = [versions[name].tolist() for name in ("tenant_id", "control_id", "valid_from", *SAID)]
    for tenant_id, control_id, start, *said in zip(*columns, strict=True):
        starts.setdefault((tenant_id, control_id), []).append((start, tuple(said)))
    found = []
    wanted = zip(expected["tenant_id"], expected["control_id"], expected["day"], strict=True)
    for tenant_id, control_id, day in wanted:
        history = starts.get((tenant_id, control_id), [])
        position = bisect_right(history, day, key=lambda version: version[0]) - 1
        if position >= 0:
            found.append((tenant_id, control_id, day, *history[position][1]))
    reads = pd.DataFrame(found, columns=["tenant_id", "control_id", "day", *SAID])
    key = ["tenant_id", "control_id", "day"]
    assert_same("dim_control", expected, reads, key=key, columns=SAID)


def test_the_versions_of_a_control_follow_each_other_without_gap(versions: pd.DataFrame) -> None:
    for _, rows in versions.groupby(["tenant_id", "control_id"]):
        starts, ends = rows["valid_from"].tolist(), rows["valid_to"].tolist()
        assert ends == [*(start - timedelta(days=1) for start in starts[1:]), None]
        assert rows["is_current"].tolist() == [end is None for end in ends]


def test_the_current_version_has_the_state_in_force(
    versions: pd.DataFrame, verdict: Verdict
) -> None:
    expected = verdict.frames["dim_control"]
    newest = expected.sort_values("day").groupby(["tenant_id", "control_id"]).tail(1)
    current = versions[versions["is_current"] & versions["title"].notna()]
    key = ["tenant_id", "control_id"]
    assert_same("dim_control", newest, current, key=key, columns=["state"])


def test_every_scored_control_has_a_row(versions: pd.DataFrame, verdict: Verdict) -> None:
    """Also one without a profile: it is there, with nothing known about it."""
    facts = verdict.frames["fct_control_score_daily"]
    orphans = facts[facts["match_status"] == "score_only"]
    wanted = set(zip(orphans["tenant_id"], orphans["control_id"], strict=True))
    found = {
        (row.tenant_id, row.control_id) for row in versions[versions["title"].isna()].itertuples()
    }
    assert wanted <= found
