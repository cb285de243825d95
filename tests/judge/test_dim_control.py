"""dim_control as a history: on every captured day it says what the catalogue said that day."""

from bisect import bisect_right
from datetime import date, timedelta

import pandas as pd
import pytest

from tests.judge.compare import assert_same, plain
from tests.judge.portfolio import BUILT, Portfolio
from tests.judge.posture_judge import Verdict

pytestmark = pytest.mark.xdist_group("judge")
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
    groups = dict(iter(versions.groupby(["tenant_id", "control_id"])))
    found = []
    for row in expected.itertuples():
        rows = groups.get((row.tenant_id, row.control_id))
        position = -1 if rows is None else bisect_right(rows["valid_from"].tolist(), row.day) - 1
        if rows is not None and position >= 0:
            found.append(rows.iloc[position].to_dict() | {"day": row.day})
    key = ["tenant_id", "control_id", "day"]
    assert_same("dim_control", expected, pd.DataFrame(found), key=key, columns=SAID)


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
