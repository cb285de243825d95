"""Free, P1, P2, China's cloud: the true outcome of every feed; licence refusals told apart."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.collection.outcome import missing
from pipeline.graph.feeds import FEEDS
from pipeline.sandbox.protocol.refusals import NON_PREMIUM, Refusal

from .conftest import Lab, NewLab
from .expected import PIM, RISK, true_outcomes

REPORT = "user_registration_details"


@pytest.mark.parametrize(
    ("tier", "options"),
    [
        ("free", {}),
        ("p1", {}),
        ("p2", {}),
        ("free", {"china": True}),
        ("p1", {"china": True}),
        ("p2", {"china": True}),
    ],
    ids=str,
)
def test_a_tenant_ends_with_the_true_outcome_of_every_feed(
    new_lab: NewLab, tier: str, options: dict[str, Any]
) -> None:
    china = (0,) if options else ()
    with new_lab(tenants=1, shapes=[tier], china=china) as lab:
        result = lab.collect()
    assert {row.feed: row.outcome for row in result.log} == true_outcomes(tier, **options)
    assert missing(result) == [], "the run ends with exit code 0"
    for row in result.log:
        if row.outcome in ("not_licensed", "not_in_cloud"):
            assert row.rows == 0
            assert "nothing to do" in (row.note or "")
            assert row.requests <= 2, "what a tenant cannot have does not slow the run"
            assert all(lab.table(table).num_rows == 0 for table in FEEDS[row.feed].tables)


def test_all_kinds_of_tenants_in_one_run(new_lab: NewLab) -> None:
    with new_lab(tenants=6, days=30, china=(1, 5)) as lab:
        result = lab.collect()
    assert not lab.surprises(result.log)
    assert missing(result) == []
    outcomes = {row.outcome for row in result.log}
    assert outcomes == {"ok", "empty", "not_licensed", "not_in_cloud"}


def test_the_global_cloud_lacks_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """There a segment that is not found is a mistake of ours, and no property of the cloud."""
    # No public directory knows the sandbox's authority, whatever its cloud is called.
    monkeypatch.setattr("pipeline.graph.credentials.CUSTOM", "global")
    tenants = [
        replace(one, cloud=replace(one.cloud, name="global")) for one in lab.settings.tenants
    ]
    lab.settings = replace(lab.settings, tenants=tuple(tenants))
    refusal = Refusal(400, "BadRequest", "Resource not found for the segment 'secureScores'.")
    lab.sandbox.faults.add(path="secureScores?", refusal=refusal)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.error_code) == ("bad_response", "BadRequest")


def test_the_three_licence_refusals_have_three_shapes(new_lab: NewLab) -> None:
    with new_lab(tenants=1, shapes=["free"]) as lab:
        log = {row.feed: row for row in lab.collect().log}
    for feed in RISK:
        assert (log[feed].http_status, log[feed].error_code) == (403, "Forbidden")
    for feed in PIM[:2]:
        assert (log[feed].http_status, log[feed].error_code) == (400, "AadPremiumLicenseRequired")
    for feed in PIM[2:]:
        assert (log[feed].requests, log[feed].error_code) == (0, "AadPremiumLicenseRequired")
    assert (log[REPORT].http_status, log[REPORT].error_code) == (403, NON_PREMIUM.code)
    policies = log["conditional_access_policies"]
    assert (policies.outcome, policies.http_status, policies.requests) == ("empty", 200, 1)
    users = log["users"]
    assert (users.outcome, users.error_code) == ("ok", NON_PREMIUM.code)
    assert "without signInActivity" in (users.note or "")


@pytest.mark.parametrize("wording", [NON_PREMIUM.message, "Neither tenant is B2C or premium"])
def test_gotcha_28_the_false_refusal_of_a_licensed_tenant_is_retried_and_read(
    new_lab: NewLab, wording: str
) -> None:
    refusal = Refusal(403, NON_PREMIUM.code, wording)
    with new_lab(tenants=1, shapes=["mid_size"]) as lab:
        for path in ("userRegistrationDetails", "v1.0/users?"):
            lab.sandbox.faults.add(path=path, refusal=refusal, times=4)
        log = {row.feed: row for row in lab.collect().log}
        assert not lab.surprises(log.values())
    assert log[REPORT].retries == log["users"].retries == 4
    assert log["users"].error_code is None
    signed_in = lab.table("users")["sign_in_activity_last_sign_in_date_time"]
    assert signed_in.null_count < len(signed_in)


@pytest.mark.parametrize(
    "hidden", ["Organization.Read.All", "SecurityEvents.Read.All", "nothing"], ids=str
)
def test_a_false_refusal_that_stays_is_unavailable(new_lab: NewLab, hidden: str) -> None:
    """SKUs and enabledServices each suffice to know better."""
    with new_lab(tenants=1, shapes=["regulated"]) as lab:
        lab.sandbox.deny(lab.ids[0], hidden)
        for path in ("userRegistrationDetails", "v1.0/users?"):
            lab.sandbox.faults.add(path=path, refusal=NON_PREMIUM)
        log = {row.feed: row for row in lab.collect().log}
    for feed in (REPORT, "users"):
        assert (log[feed].outcome, log[feed].error_code) == ("unavailable", NON_PREMIUM.code)
        assert "although the tenant is licensed" in (log[feed].note or "")
        assert log[feed].requests == 8


def test_a_second_run_of_the_day_remembers_what_the_scores_said_of_the_licences(
    new_lab: NewLab,
) -> None:
    with new_lab(tenants=1, shapes=["regulated"]) as lab:
        lab.sandbox.deny(lab.ids[0], "Organization.Read.All")
        lab.sandbox.faults.add(path="userRegistrationDetails", refusal=NON_PREMIUM)
        first, second = ({row.feed: row for row in lab.collect().log} for _ in range(2))
    assert "secure_scores" not in second
    assert first[REPORT].outcome == second[REPORT].outcome == "unavailable"


def test_a_refusal_is_believed_where_licences_are_unknown(new_lab: NewLab) -> None:
    with new_lab(tenants=1, shapes=["regulated"]) as lab:
        for permission in ("Organization.Read.All", "SecurityEvents.Read.All"):
            lab.sandbox.deny(lab.ids[0], permission)
        for path in ("userRegistrationDetails", "=signInActivity"):
            lab.sandbox.faults.add(path=path, refusal=NON_PREMIUM)
        log = {row.feed: row for row in lab.collect().log}
    assert (log[REPORT].outcome, log[REPORT].requests) == ("not_licensed", 3)
    users = log["users"]
    assert (users.outcome, users.error_code) == ("ok", NON_PREMIUM.code)
    assert "without signInActivity" in (users.note or "")
    assert lab.table("users").num_rows == users.rows > 10


@pytest.mark.parametrize(
    ("status", "provisioning", "outcome"),
    [
        ("Enabled", "Success", "unavailable"),
        ("Warning", "Success", "unavailable"),
        ("Suspended", "Success", "not_licensed"),
        ("Enabled", "PendingProvisioning", "not_licensed"),
        ("Enabled", "Disabled", "not_licensed"),
    ],
)
def test_only_usable_plans_count_as_owned(
    new_lab: NewLab, status: str, provisioning: str, outcome: str
) -> None:
    def alter(page: dict[str, Any]) -> dict[str, Any]:
        for sku in page["value"]:
            sku["capabilityStatus"] = status
            for plan in sku["servicePlans"]:
                plan["provisioningStatus"] = provisioning
        return page

    with new_lab(tenants=1, shapes=["mid_size"]) as lab:
        lab.sandbox.deny(lab.ids[0], "SecurityEvents.Read.All")
        lab.sandbox.edits.add(path="subscribedSkus", function=alter)
        lab.sandbox.faults.add(path="userRegistrationDetails", refusal=NON_PREMIUM)
        log = {row.feed: row for row in lab.collect().log}
    assert log[REPORT].outcome == outcome


def test_gotcha_30_a_policy_that_only_beta_shows_is_not_lost(new_lab: NewLab) -> None:
    with new_lab(tenants=1, shapes=["mid_size"]) as lab:
        path = "v1.0/identity/conditionalAccess/policies"
        lab.sandbox.edits.add(path=path, function=lambda page: page | {"value": []})
        row = lab.collect_one("conditional_access_policies")
    assert row.outcome == "ok"
    assert lab.table("conditional_access_policies_beta").num_rows > 5


def test_without_pim_the_roles_are_whole(lab: Lab) -> None:
    """A free tenant lacks nothing that PIM would name: no feed is marked as incomplete."""
    log = [row for row in lab.collect().log if row.outcome in ("ok", "empty")]
    assert not [row.feed for row in log if "without what" in (row.note or "")]
    assert not [row.feed for row in log if row.error_code == "incomplete_upstream"]
