"""What data quality finds, held against the judge, and the effort of actions in words."""

from datetime import date

import pandas as pd
import pytest

from tests.oracle.marts import WEIGHTS
from tests.oracle.portfolio import BUILT, Portfolio
from tests.oracle.posture_judge import Verdict


@pytest.fixture(scope="module")
def marts(portfolio: Portfolio) -> dict[str, pd.DataFrame]:
    return portfolio.snapshots[BUILT[-1]]


def test_effort_is_what_the_catalogue_says_and_judged_only_where_it_says_nothing(
    marts: dict[str, pd.DataFrame],
) -> None:
    for row in marts["mart_recommended_actions"].itertuples():
        said = (row.implementation_cost, row.user_impact)
        used = (row.effective_cost, row.effective_user_impact)
        assert all(s in ("unknown", u) for s, u in zip(said, used, strict=True))
        assert row.effort_weight == pytest.approx(sum(WEIGHTS.get(w, 3.0) for w in used) / 2)
        assert row.is_quick_win == (used == ("low", "low"))
        if "unknown" not in said:
            assert not row.is_effort_judged


@pytest.mark.parametrize(
    ("finding", "kind"),
    [
        ("missing_days", "gap"),
        ("captures_disagree", "copies"),
        ("score_sum_disagrees", "score_sum"),
    ],
)
def test_data_quality_names_the_days(
    marts: dict[str, pd.DataFrame], verdict: Verdict, finding: str, kind: str
) -> None:
    assert found_days(marts, finding) == wanted_days(verdict, kind)


def test_a_sum_of_maxima_that_disagrees_is_named(
    marts: dict[str, pd.DataFrame], verdict: Verdict
) -> None:
    """Days with an unknown maximum may be named too: their sum is not the reported one either."""
    scopes = verdict.frames["fct_tenant_score_daily"]
    unknown = scopes[(scopes["scope"] == "overall") & (scopes["unknown_max_count"] > 0)]
    allowed = set(zip(unknown["tenant_id"], unknown["score_date"], strict=True))
    found = found_days(marts, "maximum_sum_disagrees")
    wanted = wanted_days(verdict, "max_sum")
    assert wanted <= found
    assert found <= wanted | allowed


@pytest.mark.parametrize(
    ("finding", "kind"),
    [("score_only_controls", "score_only"), ("profile_only_controls", "profile_only")],
)
def test_data_quality_counts_the_orphans(
    marts: dict[str, pd.DataFrame], verdict: Verdict, finding: str, kind: str
) -> None:
    quality, judged = marts["mart_data_quality"], verdict.frames["score_issues"]
    rows = quality[quality["finding"] == finding]
    found = dict(zip(rows["tenant_id"], rows["finding_count"], strict=True))
    assert found == judged[judged["kind"] == kind].groupby("tenant_id").size().to_dict()


def test_duplicates_and_unclear_exceptions_are_named(
    marts: dict[str, pd.DataFrame], verdict: Verdict
) -> None:
    quality, judged = marts["mart_data_quality"], verdict.frames["score_issues"]
    facts = verdict.frames["fct_control_score_daily"]
    unclear = quality[quality["finding"] == "ignored_control_unclear"]
    assert unclear["finding_count"].sum() == facts["counts_in_maximum"].isna().sum()
    twice = quality[quality["finding"] == "duplicate_control"]
    assert set(twice["tenant_id"]) == set(judged[judged["kind"] == "duplicate"]["tenant_id"])


def found_days(marts: dict[str, pd.DataFrame], finding: str) -> set[tuple[str, date]]:
    rows = marts["mart_data_quality"]
    rows = rows[rows["finding"] == finding]
    spans = zip(rows["tenant_id"], rows["first_date"], rows["last_date"], strict=True)
    return {(t, day.date()) for t, start, end in spans for day in pd.date_range(start, end)}


def wanted_days(verdict: Verdict, kind: str) -> set[tuple[str, date]]:
    rows = verdict.frames["score_issues"]
    rows = rows[rows["kind"] == kind]
    return set(zip(rows["tenant_id"], rows["day"], strict=True))
