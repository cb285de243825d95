"""The invented tenants: a believable story that stays as it was told."""

from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from pipeline.sandbox import Sandbox
from tests.sandbox.conftest import TODAY, GetClient, graph_client, records

SCORES = "/v1.0/security/secureScores"
PROFILES = "/v1.0/security/secureScoreControlProfiles"
ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"
HOLDERS = f"{ASSIGNMENTS}?$expand=principal"


def score_events(scores: list[dict[str, Any]]) -> Counter[str]:
    """What moved between consecutive records: controls met, regressed, come and gone."""
    events: Counter[str] = Counter()
    for after, before in pairwise(scores):
        new, old = (
            {c["controlName"]: c["scoreInPercentage"] for c in score["controlScores"]}
            for score in (after, before)
        )
        events["added"] += len(new.keys() - old.keys())
        events["retired"] += len(old.keys() - new.keys())
        for name in new.keys() & old.keys():
            events["done"] += old[name] < 100 == new[name]
            events["regressed"] += new[name] < old[name] - 5
    return events


@pytest.mark.parametrize("seed", [7, 20])
def test_ninety_days_tell_a_story_in_every_shape(seed: int) -> None:
    with Sandbox(tenants=3, seed=seed, today=TODAY, throttling=False) as sandbox:
        for tenant in sandbox.tenants:
            with graph_client(sandbox, tenant) as graph:
                sandbox.set_today(TODAY - timedelta(days=89))
                profiles = {p["id"]: p["maxScore"] for p in records(graph, PROFILES)}
                roles = {a["id"] for a in records(graph, ASSIGNMENTS)}
                skus = records(graph, "/v1.0/subscribedSkus")
                sandbox.set_today(TODAY)
                scores = records(graph, SCORES)
                later = {p["id"]: p["maxScore"] for p in records(graph, PROFILES)}
                later_roles = {a["id"] for a in records(graph, ASSIGNMENTS)}
                states = {
                    update["state"]
                    for profile in records(graph, PROFILES)
                    for update in profile["controlStateUpdates"]
                }
                events = score_events(scores)
                assert min(events[e] for e in ("done", "regressed", "added", "retired")) > 0
                assert later.keys() - profiles.keys()
                assert profiles.keys() - later.keys()
                assert {n for n in later.keys() & profiles.keys() if later[n] != profiles[n]}
                assert later_roles - roles
                assert roles - later_roles
                assert {"Default", "Ignored", "ThirdParty", "Reviewed"} >= states > {"Default"}
                assert 80 < len(scores) < 90
                if skus:
                    assert records(graph, "/v1.0/subscribedSkus") != skus
                first, last = scores[-1], scores[0]
                gain = last["currentScore"] / last["maxScore"]
                assert -0.1 < gain - first["currentScore"] / first["maxScore"] < 0.3


def test_ignored_and_third_party_controls_score_as_documented() -> None:
    """Read daily for 90 days: ignored leaves the maximum, third party has full points."""
    seen: Counter[str] = Counter()
    with Sandbox(tenants=3, seed=7, today=TODAY, throttling=False) as sandbox:
        for tenant in sandbox.tenants:
            with graph_client(sandbox, tenant) as graph:
                profiles = {p["id"].lower(): p for p in records(graph, PROFILES)}
                newest = graph.get(f"{SCORES}?$top=1").json()["value"][0]
                ignored_points = 0.0
                for control in newest["controlScores"]:
                    profile = profiles.get(control["controlName"].lower())
                    latest = max(
                        (profile or {"controlStateUpdates": []})["controlStateUpdates"],
                        key=lambda update: update["updatedDateTime"] or "",
                        default={"state": "Default", "updatedDateTime": None},
                    )
                    if (latest["updatedDateTime"] or "") > (TODAY - timedelta(days=4)).isoformat():
                        continue
                    seen[latest["state"]] += 1
                    if latest["state"] == "Ignored":
                        assert control["score"] == 0
                        ignored_points += profile["maxScore"]
                    if latest["state"] == "ThirdParty":
                        assert control["score"] == profile["maxScore"]
                derived = [
                    profiles[c["controlName"].lower()]["maxScore"]
                    for c in newest["controlScores"]
                    if c["controlName"].lower() in profiles
                ]
                orphans = [
                    c for c in newest["controlScores"] if c["controlName"].lower() not in profiles
                ]
                slack = newest["maxScore"] - (sum(derived) - ignored_points)
                assert 0 <= slack <= 10 * len(orphans)
    assert {"Ignored", "ThirdParty", "Reviewed"} <= set(seen)


def test_days_without_a_record(sandbox: Sandbox, client: GetClient) -> None:
    days = {score["id"][-10:] for score in records(client(sandbox.tenants[0]), SCORES)}
    wanted = {(TODAY - timedelta(days=back)).isoformat() for back in range(90)}
    assert days < wanted
    assert len(wanted - days) <= 8


def test_history_stays_as_it_was_told(sandbox: Sandbox, client: GetClient) -> None:
    """A record loses its detail when it is no longer the newest, and never a number."""
    graph = client(sandbox.tenants[1])
    sandbox.set_today(TODAY - timedelta(days=5))
    then = records(graph, SCORES)
    sandbox.advance(days=5)
    now = {score["id"]: score for score in records(graph, SCORES)}
    for score in then[1:]:
        if score["id"] in now:
            assert now[score["id"]] == score
    kept = now[then[0]["id"]]
    assert (kept["currentScore"], kept["maxScore"]) == (
        then[0]["currentScore"],
        then[0]["maxScore"],
    )
    assert kept["controlScores"][0]["description"] is None
    assert then[0]["controlScores"][0]["description"] is not None


def test_the_clock(sandbox: Sandbox, client: GetClient) -> None:
    graph = client(sandbox.tenants[0])
    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 15), date(2026, 5, 2)):
        sandbox.set_today(day)
        assert sandbox.today == day
        answer = graph.get(f"{SCORES}?$top=1")
        assert f"{day:%d %b %Y} 09:30" in answer.headers["Date"]
        assert answer.json()["value"][0]["id"][-10:] <= day.isoformat()
    sandbox.advance()
    assert sandbox.today == date(2026, 5, 3)
    sandbox.set_today(TODAY, time(8, 59))
    assert graph.get(f"{SCORES}?$top=1").json()["value"][0]["id"].endswith("2026-06-29")
    sandbox.set_today(TODAY, time(23, 59, 59))
    assert "23:59:59" in graph.get("/v1.0/organization").headers["Date"]
    sandbox.set_today(date(2026, 1, 1))
    assert graph.get(SCORES).json()["value"] == []
    assert graph.get(PROFILES).json()["value"]
    assert graph.get(ASSIGNMENTS).json()["value"]


def test_paging_keeps_its_day_when_the_clock_moves(sandbox: Sandbox, client: GetClient) -> None:
    graph = client(sandbox.tenants[0])
    whole = [score["id"] for score in records(graph, SCORES)]
    first = graph.get(f"{SCORES}?$top=50").json()
    sandbox.advance()
    rest = graph.get(first["@odata.nextLink"]).json()
    assert [score["id"] for score in first["value"] + rest["value"]] == whole


def test_as_in_life_microsoft_changes_little_and_tenants_leave_things_undone() -> None:
    """Nothing comes or goes in ninety days; after them one control does each, within days."""
    with Sandbox(tenants=3, seed=7, today=TODAY, throttling=False, lifelike=True) as sandbox:
        small, _, regulated = sandbox.tenants
        with graph_client(sandbox, small) as graph:
            events = score_events(records(graph, SCORES))
            assert (events["added"], events["retired"]) == (0, 0)
            assert events["done"] > 0
            then = {p["id"]: p["maxScore"] for p in records(graph, PROFILES)}
            defaults = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
            assert graph.get(defaults).json()["isEnabled"] is False
            newest = graph.get(f"{SCORES}?$top=1").json()["value"][0]["controlScores"]
            points = {one["controlName"]: one["score"] for one in newest}
            assert points["AdminMFAV2"] == points["BlockLegacyAuthentication"] == 0
            sandbox.advance(days=5)
            now = {p["id"]: p["maxScore"] for p in records(graph, PROFILES)}
            assert now.keys() - then.keys()
            assert then.keys() - now.keys()
            assert {name for name in now.keys() & then.keys() if now[name] != then[name]}
        with graph_client(sandbox, regulated) as graph:
            policies = records(graph, "/v1.0/identity/conditionalAccess/policies")
            left_out = [p["conditions"]["applications"]["excludeApplications"] for p in policies]
            assert ["d4ebce55-015a-49b5-a083-c84d1797ae8c"] in left_out
            holders = {row["principal"]["@odata.type"] for row in records(graph, HOLDERS)}
            assert "#microsoft.graph.directoryObjectPartnerReference" in holders
