"""Every way Graph can refuse or break: one outcome each, with the cause and the next step."""

from typing import Any

import orjson
import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import COMPLETE

from .conftest import Lab, NewLab

SCORES = "/v1.0/security/secureScores"


def error(code: str, message: str = "x") -> bytes:
    return orjson.dumps({"error": {"code": code, "message": message, "innerError": {}}})


PIM_REFUSAL = orjson.dumps(
    {
        "error": {
            "code": "UnknownError",
            "message": '{"errorCode":"PermissionScopeNotGranted","message":"Authorization failed '
            'due to missing permission scope X.","instanceAnnotations":[]}',
        }
    }
)
REPLIES: dict[str, tuple[dict[str, Any], str, str | None, str]] = {
    # name: (fault, outcome, error code, words of the note)
    "401": ({"status": 401}, "auth_failed", "InvalidAuthenticationToken", "refused the token"),
    "401 wrong cloud": (
        {"status": 401, "body": error("InvalidAuthenticationToken", "InvalidCloudInstance")},
        "not_in_cloud",
        "InvalidAuthenticationToken",
        "this cloud does not serve the resource to this application",
    ),
    "407": ({"status": 407}, "unavailable", "UnknownError", "proxy"),
    "403 permission": (
        {"status": 403},
        "not_permitted",
        "Authorization_RequestDenied",
        "SecurityEvents.Read.All",
    ),
    "403 nested JSON": (
        {"status": 403, "body": PIM_REFUSAL},
        "not_permitted",
        "PermissionScopeNotGranted",
        "grant it",
    ),
    "403 HTML": ({"html": True}, "bad_response", None, "HTTP 403"),
    "403 licence": (
        {
            "status": 403,
            "body": error("Forbidden", "Your tenant is not licensed for this feature."),
        },
        "not_licensed",
        "Forbidden",
        "does not own",
    ),
    "400 licence": (
        {"status": 400, "body": error("AadPremiumLicenseRequired")},
        "not_licensed",
        "AadPremiumLicenseRequired",
        "does not own",
    ),
    "400": ({"status": 400, "body": error("BadRequest")}, "bad_response", "BadRequest", "HTTP 400"),
    "400 segment": (
        {"status": 400, "body": error("BadRequest", "Resource not found for the segment 'x'.")},
        "not_in_cloud",
        "BadRequest",
        "does not offer",
    ),
    "404": ({"status": 404}, "bad_response", "Request_ResourceNotFound", "HTTP 404"),
    "405 without body": ({"status": 405, "body": b""}, "bad_response", None, "HTTP 405"),
    "302": (
        {"status": 302, "headers": {"Location": "https://example.com/"}},
        "bad_response",
        "UnknownError",
        "HTTP 302",
    ),
    "408": ({"status": 408}, "unavailable", "UnknownError", "HTTP 408"),
    "429": ({"status": 429}, "throttled", "TooManyRequests", "run again later"),
    "500": ({"status": 500}, "unavailable", "generalException", "HTTP 500"),
    "502": ({"status": 502}, "unavailable", "UnknownError", "HTTP 502"),
    "503": ({"status": 503}, "unavailable", "serviceNotAvailable", "run again later"),
    "504": ({"status": 504}, "unavailable", "UnknownError", "HTTP 504"),
    "503 HTML": ({"status": 503, "body": b"<html>"}, "unavailable", None, "HTTP 503"),
    "dropped": ({"drop": True}, "unavailable", None, "could not be reached"),
    "200 HTML": ({"status": 200, "body": b"<html>hi"}, "bad_response", None, "complete JSON"),
    "200 empty": ({"status": 200, "body": b""}, "bad_response", None, "complete JSON"),
    "200 list": ({"status": 200, "body": b"[]"}, "bad_response", None, "no object"),
    "200 null": ({"status": 200, "body": b"null"}, "bad_response", None, "no object"),
    "200 error": (
        {"status": 200, "body": error("InternalServerError")},
        "bad_response",
        "InternalServerError",
        "error with status 200",
    ),
    "200 no value": ({"status": 200, "body": b"{}"}, "bad_response", None, "list of records"),
    "200 value null": ({"status": 200, "body": b'{"value":null}'}, "bad_response", None, "list of"),
    "200 numbers": ({"status": 200, "body": b'{"value":[1]}'}, "bad_response", None, "list of"),
    "200 odd link": (
        {"status": 200, "body": b'{"value":[],"@odata.nextLink":7}'},
        "bad_response",
        None,
        "not text",
    ),
    "204": ({"status": 204, "body": b""}, "bad_response", None, "HTTP 204"),
    "top-level errorCode": (
        {"status": 400, "body": b'{"errorCode":"MissingProvider","message":"x"}'},
        "bad_response",
        "MissingProvider",
        "HTTP 400 MissingProvider",
    ),
}


@pytest.mark.parametrize("name", REPLIES)
def test_gotcha_31_a_refusal_is_a_recorded_outcome_of_its_tenant_alone(lab: Lab, name: str) -> None:
    fault, outcome, code, words = REPLIES[name]
    broken, healthy = lab.ids
    lab.sandbox.faults.add(tenant_id=broken, path="secureScores?", **fault)
    log = {row.tenant_id: row for row in lab.collect(feeds=["secure_scores"]).log}
    row = log[broken]
    assert (row.outcome, row.error_code) == (outcome, code)
    assert row.note is not None
    assert words in row.note
    assert "\n" not in row.note
    assert row.rows == 0
    assert row.requests >= 1
    assert log[healthy].outcome == "ok"
    for table in FEEDS["secure_scores"].tables:
        assert set(lab.table(table)["tenant_id"].to_pylist()) == {healthy}
    [logged] = [one for one in lab.table("collection_log").to_pylist() if one["outcome"] != "ok"]
    assert logged["note"] == row.note


@pytest.mark.parametrize("feed", FEEDS)
def test_a_missing_permission_is_named(new_lab: NewLab, feed: str) -> None:
    permission = FEEDS[feed].permission
    with new_lab(tenants=1, days=20, shapes=["regulated"]) as lab:
        lab.sandbox.deny(lab.ids[0], permission)
        row = lab.collect_one(feed)
    # The groups themselves are refused already: nobody is left to ask for members of.
    needed = permission in {FEEDS[need].permission for need in FEEDS[feed].needs}
    expected = (None, 0) if needed else (403, 1)
    assert (row.outcome, row.http_status, row.requests) == ("not_permitted", *expected)
    assert row.note is not None
    assert permission in row.note


def test_the_premium_refusal_is_tried_again_and_believed_only_of_free_tenants(lab: Lab) -> None:
    body = error("Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    lab.sandbox.faults.add(path="subscribedSkus", status=403, body=body)
    free, licensed = lab.ids
    feeds = ["secure_scores", "subscribed_skus"]
    rows = {r.tenant_id: r for r in lab.collect(feeds=feeds).log if r.feed == "subscribed_skus"}
    # The score has told by then what each owns.
    assert (rows[free].outcome, rows[free].requests) == ("not_licensed", 2)
    assert (rows[licensed].outcome, rows[licensed].requests) == ("unavailable", 8)


def test_the_premium_refusal_that_passes_is_no_refusal(lab: Lab) -> None:
    body = error("Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    lab.sandbox.faults.add(path="subscribedSkus", status=403, body=body, times=2)
    row = lab.collect_one("subscribed_skus")
    assert (row.outcome, row.requests, row.retries) == ("ok", 3, 2)


def test_records_of_another_tenant_are_refused(lab: Lab) -> None:
    def mix_up(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][1]["azureTenantId"] = lab.ids[1]
        return page

    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="secureScores?", function=mix_up)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.error_code, row.rows) == ("bad_response", "wrong_tenant", 0)
    assert lab.table("secure_scores").num_rows == 0


def test_a_cloud_without_secure_score_misses_nothing_and_is_signed_in_to_once(lab: Lab) -> None:
    body = error("InvalidAuthenticationToken", "InvalidCloudInstance")
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="/security/", status=401, body=body)
    log = [row for row in lab.collect().log if row.tenant_id == lab.ids[0]]
    scores = {row.feed: row for row in log if "secure_score" in row.feed}
    assert {(row.outcome, row.requests) for row in scores.values()} == {("not_in_cloud", 1)}
    assert all("credential" not in str(row.note) for row in scores.values())
    assert not lab.surprises(row for row in log if row.feed not in scores)
    assert all(row.outcome in COMPLETE for row in log)
    tokens = [one for one in lab.sandbox.requests if one.path.endswith("/token")]
    assert len([one for one in tokens if lab.ids[0] in one.path]) == 1


def test_a_tenant_of_another_cloud_is_told_apart_from_a_cloud_without_secure_score(
    lab: Lab,
) -> None:
    body = error("InvalidAuthenticationToken", "InvalidCloudInstance")
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="/organization", status=401, body=body)
    row = lab.collect_one("organization")
    assert (row.outcome, row.requests) == ("auth_failed", 1)
    assert "another cloud" in str(row.note)


SILENT: dict[str, tuple[Any, str]] = {
    # what azureTenantId reads, and how the note names it
    "NA": ("NA", "NA"),
    "null": (None, "nothing"),
    "empty": ("", "nothing"),
    "zeros": ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
    "cut off": ("11111111-1111-1111", "11111111-1111-1111"),
    "a sentence": ("nobody knows whose this is", "no GUID"),
}


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize(
    ("feed", "path"),
    [("secure_scores", "secureScores?"), ("secure_score_control_profiles", "ControlProfiles?")],
)
def test_one_record_that_names_no_tenant_does_not_cost_the_feed(
    lab: Lab, feed: str, path: str, name: str
) -> None:
    value, shown = SILENT[name]

    def silence(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][2]["azureTenantId"] = value
        return page

    lab.sandbox.edits.add(tenant_id=lab.ids[0], path=path, function=silence)
    row = lab.collect_one(feed)
    assert (row.outcome, row.error_code) == ("ok", None)
    first = str(row.note).split("; ")[0]
    assert first == f"1 record in quarantine: azureTenantId reads {shown}"
    owners = lab.table(feed)["azure_tenant_id"].to_pylist()
    assert [owner for owner in owners if owner != lab.ids[0]] == [value]
    assert len(owners) == row.rows > 2


def test_records_of_which_none_names_its_tenant_are_refused(lab: Lab) -> None:
    def silence(page: dict[str, Any]) -> dict[str, Any]:
        for record in page["value"]:
            record["azureTenantId"] = "NA"
        return page

    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="secureScores?", function=silence)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.error_code, row.rows) == ("bad_response", "no_tenant", 0)
    assert "azureTenantId reads NA" in str(row.note)


def test_the_organization_of_another_tenant_is_refused(lab: Lab) -> None:
    def mix_up(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][0]["id"] = lab.ids[1]
        return page

    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="organization", function=mix_up)
    row = lab.collect_one("organization")
    assert (row.outcome, row.error_code) == ("bad_response", "wrong_tenant")


def test_a_type_change_ends_that_feed_alone_and_says_what_changed(lab: Lab) -> None:
    def change(page: dict[str, Any]) -> dict[str, Any]:
        page["value"][3]["maxScore"] = {"amount": 5}
        return page

    lab.sandbox.edits.add(path="secureScoreControlProfiles", function=change)
    rows = {row.feed: row for row in lab.collect(tenants=[lab.ids[0]]).log}
    profiles = rows.pop("secure_score_control_profiles")
    assert not lab.surprises(rows.values())
    assert profiles.outcome == "bad_response"
    assert profiles.note is not None
    assert "maxScore: expected a number, got an object" in profiles.note


def test_lossless_numbers_are_cast_and_noted(lab: Lab) -> None:
    def quote(page: dict[str, Any]) -> dict[str, Any]:
        for record in page["value"]:
            record["currentScore"] = str(record["currentScore"])
        return page

    lab.sandbox.edits.add(path="secureScores?", function=quote)
    row = lab.collect_one("secure_scores")
    assert row.outcome == "ok"
    assert row.note == f"{row.rows} values cast from another JSON type: secure_scores.currentScore"
    scores = lab.table("secure_scores")["current_score"].to_pylist()
    assert all(isinstance(score, float) for score in scores)


def test_a_bug_in_one_tenant_is_contained(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.graph.readers import rows as row_reader

    flatten = row_reader.flatten

    def trip(table: Any, records: list[dict[str, Any]], **options: Any) -> Any:
        if any(one.get("azureTenantId") == lab.ids[0] for one in records):
            raise RuntimeError("a secret detail")
        return flatten(table, records, **options)

    monkeypatch.setattr(row_reader, "flatten", trip)
    rows = {(row.tenant_id, row.feed): row for row in lab.collect().log}
    bad = rows[lab.ids[0], "secure_scores"]
    assert (bad.outcome, bad.error_code) == ("bad_response", "internal_error")
    assert bad.note is not None
    assert "secret detail" not in bad.note
    # Only these two of Secure Score say whose they are.
    assert {(row.tenant_id, row.feed) for row in lab.surprises(rows.values())} == {
        (lab.ids[0], "secure_scores"),
        (lab.ids[0], "secure_score_control_profiles"),
    }
