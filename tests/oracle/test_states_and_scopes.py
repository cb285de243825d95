"""States by date, controls that do not count, and the sums of every scope."""

from typing import Any

import pytest

from tests.oracle.hand import (
    TENANT,
    control,
    day,
    life,
    profile,
    profiles,
    record,
    scores,
    update,
)
from tests.oracle.profiles import Catalogue
from tests.oracle.scores import benchmark_rows, scope_rows, tenant_scores


def states(number: int, *captures: tuple[int, list[dict[str, Any]]]) -> str | None:
    snapshots = {
        day(captured): (profile("OneAdmin", 1.0, controlStateUpdates=updates),)
        for captured, updates in captures
    }
    return Catalogue(snapshots).of("OneAdmin").state_on(day(number))


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "default"), (2, "ignored"), (4, "ignored"), (5, "third_party"), (9, "third_party")],
)
def test_the_latest_update_before_the_end_of_the_day_holds(number: int, expected: str) -> None:
    updates = [update("ThirdParty", 5), update("Ignored", 2), update("Default", None)]
    assert states(number, (8, updates)) == expected


@pytest.mark.parametrize(("number", "expected"), [(5, "ignored"), (9, "ignored"), (10, "default")])
def test_a_list_reset_to_default_ends_the_state_the_day_it_is_captured(
    number: int, expected: str
) -> None:
    ignored = [update("Default", None), update("Ignored", 3)]
    assert states(number, (5, ignored), (10, [update("Default", None)])) == expected


def test_an_update_seen_later_speaks_of_the_days_before_it_was_captured() -> None:
    late = [update("Default", None), update("Reviewed", 4)]
    assert states(6, (2, [update("Default", None)]), (8, late)) == "reviewed"


def test_a_control_without_updates_is_default_and_without_a_profile_unknown() -> None:
    assert states(1, (1, [])) == "default"
    assert Catalogue({}).of("OneAdmin").state_on(day(1)) is None


def ignored_day(reported: float) -> Any:
    ignored = [update("Default", None), update("Ignored", 1)]
    return life(
        profiles(1, profile("OneAdmin", 1.0, controlStateUpdates=ignored), profile("B", 4.0)),
        scores(
            2,
            record(
                2,
                [control("OneAdmin", 0.0, 0.0), control("B", 2.0, 50.0)],
                maxScore=reported,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("reported", "counts", "category_maximum"),
    [(4.0, False, 4.0), (5.0, True, 5.0), (4.5, None, 5.0)],
)
def test_an_ignored_control_counts_as_the_reported_maximum_tells(
    reported: float, counts: bool | None, category_maximum: float
) -> None:
    found = tenant_scores(ignored_day(reported), TENANT)
    flags = {c.control_id: c.counts for c in found.controls[day(2)]}
    assert flags == {"OneAdmin": counts, "B": True}
    rows = {row["scope"]: row for row in scope_rows(found)}
    assert rows["category:Identity"]["max_points"] == category_maximum
    assert rows["overall"]["max_points"] == reported


def test_scopes_follow_the_scores_category_and_the_profiles_service() -> None:
    controls = [
        control("AdminMFAV2", 5.0, 50.0),
        control("aad_third_party_apps", 0.0, 0.0, category="Apps"),
        control("AATP_Old", 2.0, 100.0),
        control("orphan", 1.0, 100.0, category="Data"),
    ]
    made = life(
        profiles(
            1,
            profile("adminmfav2", 10.0, controlCategory="Account"),
            profile("AATP_Old", 2.0, service="Azure ATP"),
            profile("aad_third_party_apps", None),
        ),
        scores(1, record(1, controls, maxScore=0.0)),
    )
    rows = {row["scope"]: row for row in scope_rows(tenant_scores(made, TENANT))}
    sums = {
        scope: (r["score_points"], r["max_points"], r["score_ratio"]) for scope, r in rows.items()
    }
    assert sums == {
        "overall": (8.0, 0.0, None),
        "category:Identity": (7.0, 12.0, 7 / 12),
        "category:Apps": (0.0, None, None),
        "category:Data": (1.0, 1.0, 1.0),
        "service:AzureAD": (5.0, None, None),
        "service:Azure ATP": (2.0, 2.0, 1.0),
        "identity_secure_score": (5.0, 10.0, 0.5),
    }
    assert rows["service:AzureAD"]["known_score_ratio"] == 0.5
    assert rows["service:AzureAD"]["unknown_max_count"] == 1
    assert rows["overall"]["known_score_ratio"] == pytest.approx(8 / 13)


@pytest.mark.parametrize(
    ("score", "percentage", "level"),
    [(0.0, 0.0, "none"), (1.0, 50.0, "partial"), (2.0, 100.0, "full")],
)
def test_the_level_comes_from_the_ratio(score: float, percentage: float, level: str) -> None:
    made = life(
        profiles(1, profile("OneAdmin", 2.0)),
        scores(1, record(1, [control("OneAdmin", score, percentage)])),
    )
    assert tenant_scores(made, TENANT).controls[day(1)][0].level == level


def test_averages_are_percentages_categories_are_points_and_negatives_are_absent() -> None:
    averages = [
        {"basis": "AllTenants", "averageScore": 41.5, "identityScore": 3.0, "identityScoreMax": 8},
        {"basis": "TotalSeats", "averageScore": -1, "identityScore": -1, "identityScoreMax": -1},
    ]
    made = life(scores(1, record(1, [], averageComparativeScores=averages)))
    rows = list(benchmark_rows(tenant_scores(made, TENANT)))
    assert [(r["basis"], r["category"], r["average_ratio"]) for r in rows] == [
        ("AllTenants", "overall", 0.415),
        ("AllTenants", "Identity", 0.375),
    ]
    assert (rows[1]["average_points"], rows[1]["average_max_points"]) == (3.0, 8.0)
