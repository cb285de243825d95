"""Graph says its newest words only to a client that asks for them: every request asks."""

from typing import Any

import pytest

from pipeline.collection.collect import collect
from pipeline.graph.connections import Connections

from .conftest import Lab, NewLab

PREFERENCE = "include-unknown-enum-members"
HIDDEN = "unknownFutureValue"
# Feed -> what its records are made to hold, the table and column where it must stand, and a word.
PLANTED: dict[str, tuple[str, dict[str, Any], str, str, str]] = {
    "conditional_access_policies": (
        "conditionalAccess/policies",
        {"grantControls": {"operator": "OR", "builtInControls": ["riskRemediation"]}},
        "conditional_access_policies_grant_controls",
        "value",
        "riskRemediation",
    ),
    "recommendations": (
        "directory/recommendations",
        {"category": "mdiSecureScore"},
        "recommendations",
        "category",
        "mdiSecureScore",
    ),
    "authentication_strengths": (
        "authenticationStrengthPolicies",
        {"allowedCombinations": ["password,qrCodePin"]},
        "authentication_strengths_allowed_combinations",
        "value",
        "password,qrCodePin",
    ),
    "risky_users": (
        "riskyUsers",
        {"riskDetail": "microsoftRevokedSessions"},
        "risky_users",
        "risk_detail",
        "microsoftRevokedSessions",
    ),
}


def plant(lab: Lab, feed: str) -> None:
    path, change = PLANTED[feed][:2]
    lab.sandbox.edits.add(
        path=path, function=lambda page: page | {"value": [one | change for one in page["value"]]}
    )


def words(lab: Lab, feed: str) -> set[str]:
    _, _, table, column, _ = PLANTED[feed]
    return set(lab.table(table)[column].to_pylist())


def test_every_request_asks_for_all_words(new_lab: NewLab) -> None:
    with new_lab(tenants=3, days=20) as lab:
        collect(lab.settings, lab.home, run_date=lab.sandbox.today)
        calls = lab.graph_calls()
    assert len(calls) > 60
    asked = {call.headers.get("Prefer") for call in calls}
    assert asked == {PREFERENCE}


@pytest.mark.parametrize("feed", PLANTED)
def test_a_new_word_is_stored_as_itself(fresh: Lab, feed: str) -> None:
    plant(fresh, feed)
    row = fresh.collect_one(feed)
    assert PLANTED[feed][-1] in words(fresh, feed)
    assert HIDDEN not in (row.unknown_fields or "")


@pytest.mark.parametrize("feed", PLANTED)
def test_a_word_that_stays_hidden_is_kept_and_reported(
    fresh: Lab, monkeypatch: pytest.MonkeyPatch, feed: str
) -> None:
    original = Connections.graph

    def unasking(self: Connections, max_bytes: int) -> Any:
        client = original(self, max_bytes)
        del client.headers["Prefer"]
        return client

    monkeypatch.setattr(Connections, "graph", unasking)
    plant(fresh, feed)
    row = fresh.collect_one(feed)
    assert row.outcome == "ok"
    assert PLANTED[feed][-1] not in words(fresh, feed)
    assert any(HIDDEN in word for word in words(fresh, feed))
    assert HIDDEN in (row.unknown_fields or "")
