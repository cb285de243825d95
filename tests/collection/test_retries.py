"""The retry loop and paging, over real HTTPS."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.graph.limits import LIMITS, Gate, Limit
from pipeline.graph.retry import Attempts, RetryPolicy, http_date, retry_after

from .conftest import Lab, NewLab


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "2.128"}, 2.128),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "Tue, 30 Jun 2026 12:00:10 GMT"}, 10.0),
        ({"retry-after": "Tue, 30 Jun 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_retry_after_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after({"date": "Tue, 30 Jun 2026 12:00:00 GMT"} | headers) == seconds


def test_a_retry_date_without_a_date_header_counts_from_now() -> None:
    until = datetime.now(UTC) + timedelta(seconds=60)
    seconds = retry_after({"retry-after": until.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    assert seconds is not None
    assert 55 < seconds <= 60


def test_http_dates() -> None:
    assert http_date("Tue, 30 Jun 2026 12:00:00 GMT") == datetime(2026, 6, 30, 12, tzinfo=UTC)
    assert http_date("") is None
    assert http_date("yesterday") is None


def test_backoff_doubles_and_all_eight_tries_fit_into_the_time() -> None:
    policy = RetryPolicy()
    waits = [policy.backoff(tries) for tries in range(1, 8)]
    assert 0.75 <= waits[0] <= 1.0
    assert 45.0 <= waits[6] <= 60.0
    assert sum(waits) < policy.seconds
    shorter = RetryPolicy(3.0)
    assert sum(shorter.backoff(tries) for tries in range(1, 8)) < 3.0


def test_a_wait_beyond_the_limit_is_not_begun() -> None:
    attempts = Attempts(RetryPolicy(5.0), tries=1)
    assert attempts.wait_before_next(4.0, 8) == 4.0
    assert attempts.wait_before_next(6.0, 8) is None
    assert Attempts(RetryPolicy(5.0), tries=8).wait_before_next(0.0, 8) is None


@pytest.mark.parametrize("text", ["soon", "-1", "301", "nan"])
def test_a_bad_retry_setting_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="POSTURE_RETRY_SECONDS"):
        RetryPolicy.from_environment({"POSTURE_RETRY_SECONDS": text})


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 0},
        {"status": 429, "retry_after": 0.2},
        {"status": 429, "retry_after": timedelta(seconds=1)},
        {"status": 429},
        {"status": 500},
        {"status": 502},
        {"status": 503, "retry_after": 0.1},
        {"status": 504},
        {"status": 503, "body": b"<html>"},
        {"drop": True},
        {"truncate": True},
        {"truncate": True, "drop": True},
        {"html": True},
    ],
    ids=str,
)
def test_a_passing_fault_is_survived(lab: Lab, fault: dict[str, Any]) -> None:
    lab.sandbox.faults.add(path="secureScores?", times=2, **fault)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.requests, row.retries, row.pages) == ("ok", 3, 2, 1)
    assert len(lab.graph_calls()) == 3
    assert lab.table("secure_scores").num_rows == row.rows > 80


def test_retry_after_is_waited_for(lab: Lab) -> None:
    lab.sandbox.faults.add(path="subscribedSkus", status=429, times=1, retry_after=0.7)
    started = time.monotonic()
    assert lab.collect_one("subscribed_skus").outcome == "ok"
    assert time.monotonic() - started > 0.7


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_beyond_the_limit_ends_the_feed_at_once(lab: Lab, status: int) -> None:
    lab.sandbox.faults.add(path="subscribedSkus", status=status, retry_after=3600)
    started = time.monotonic()
    row = lab.collect_one("subscribed_skus")
    assert row.outcome == {429: "throttled", 503: "unavailable"}[status]
    assert row.requests == 1
    assert time.monotonic() - started < 2


def test_a_request_is_tried_eight_times(lab: Lab) -> None:
    lab.sandbox.faults.add(path="subscribedSkus", status=503)
    row = lab.collect_one("subscribed_skus")
    assert (row.outcome, row.requests, row.retries, row.pages) == ("unavailable", 8, 7, 0)
    assert len(lab.graph_calls()) == 8


def test_an_answer_that_never_comes_is_given_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "1")
    lab.sandbox.faults.add(path="subscribedSkus", status=200, delay=20.0)
    started = time.monotonic()
    row = lab.collect_one("subscribed_skus")
    assert row.outcome == "unavailable"
    assert row.note is not None
    assert "no answer in time" in row.note
    assert time.monotonic() - started < 4


def test_pages_are_followed_to_the_end(new_lab: NewLab) -> None:
    with new_lab(tenants=3, page_size=5) as lab:
        [row] = lab.collect(feeds=["role_assignments"], tenants=[lab.ids[2]]).log
        assert row.outcome == "ok"
        assert row.pages == row.requests == -(-row.rows // 5) > 2
        assert lab.table("role_assignments").num_rows == row.rows


def nine_pages(lab: Lab) -> None:
    """Serve the scores of the first tenant in pages of ten, whatever is asked."""
    full: list[dict[str, Any]] = []

    def cut(page: dict[str, Any]) -> dict[str, Any]:
        if not full:
            full.extend(page["value"])
        skip = cut.skip  # type: ignore[attr-defined]
        cut.skip = skip + 10  # type: ignore[attr-defined]
        link = f"{lab.sandbox.url}/v1.0/security/secureScores?$top=90&$skip={skip + 10}"
        more = {"@odata.nextLink": link} if skip + 10 < len(full) else {}
        return {"value": full[skip : skip + 10], **more}

    cut.skip = 0  # type: ignore[attr-defined]
    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="secureScores?", function=cut)


def test_nine_pages_are_one_feed(lab: Lab) -> None:
    nine_pages(lab)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.pages, row.requests) == ("ok", 9, 9)
    indices = lab.table("secure_scores")["record_index"].to_pylist()
    assert sorted(indices) == list(range(row.rows))


def test_a_break_on_the_last_of_nine_pages_leaves_nothing(lab: Lab) -> None:
    nine_pages(lab)
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="$skip=80", status=503)
    log = {row.tenant_id: row for row in lab.collect(feeds=["secure_scores"]).log}
    broken = log[lab.ids[0]]
    assert (broken.outcome, broken.pages, broken.rows) == ("unavailable", 8, 0)
    assert log[lab.ids[1]].outcome == "ok"
    for table in ("secure_scores", "secure_scores_control_scores"):
        assert set(lab.table(table)["tenant_id"].to_pylist()) == {lab.ids[1]}


def test_an_empty_page_with_a_next_link_is_not_the_end(lab: Lab) -> None:
    lab.sandbox.faults.add(path="secureScoreControlProfiles", empty_page=True, times=1)
    row = lab.collect_one("secure_score_control_profiles")
    assert (row.outcome, row.pages) == ("ok", 2)
    assert row.rows > 50


def test_a_next_link_that_repeats_is_noticed(lab: Lab) -> None:
    lab.sandbox.faults.add(path="secureScoreControlProfiles", repeat_next_link=True)
    row = lab.collect_one("secure_score_control_profiles")
    assert row.outcome == "bad_response"
    assert row.note is not None
    assert "repeats" in row.note
    assert row.requests == 1
    assert lab.table("secure_score_control_profiles").num_rows == 0


def test_a_page_that_comes_twice_under_new_links_is_noticed(lab: Lab) -> None:
    count = iter(range(1000))

    def endless(page: dict[str, Any]) -> dict[str, Any]:
        link = f"{lab.sandbox.url}/v1.0/security/secureScoreControlProfiles?$skip={next(count)}"
        return {"value": page["value"][:5], "@odata.nextLink": link}

    lab.sandbox.edits.add(path="secureScoreControlProfiles", function=endless)
    lab.sandbox.edits.add(path="$skip", function=lambda page: page | {"value": page["value"][:5]})
    row = lab.collect_one("secure_score_control_profiles")
    assert row.outcome == "bad_response"
    assert row.requests < 400


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/v1.0/security/secureScores?$skiptoken=1",
        "http://localhost:{port}/v1.0/security/secureScores?$skiptoken=1",
        "https://localhost:1/v1.0/security/secureScores?$skiptoken=1",
        "https://user:pw@localhost:{port}/v1.0/x",
        "//localhost:{port}/v1.0/x",
        "nonsense",
    ],
)
def test_a_next_link_to_another_host_is_not_followed(lab: Lab, link: str) -> None:
    port = lab.sandbox.url.rpartition(":")[2]
    page = {"value": [], "@odata.nextLink": link.format(port=port)}
    lab.sandbox.edits.add(path="secureScores?", function=lambda _: page)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.error_code) == ("bad_response", "foreign_next_link")
    assert row.requests == len(lab.graph_calls()) == 1


def test_an_expired_token_is_renewed_between_pages(lab: Lab) -> None:
    nine_pages(lab)
    lab.sandbox.faults.add(path="$skip=30", status=401, times=1)
    row = lab.collect_one("secure_scores")
    assert (row.outcome, row.pages, row.retries) == ("ok", 9, 1)
    tokens = [one for one in lab.sandbox.requests if one.path.endswith("/token")]
    assert len(tokens) == 2


def test_a_gate_spreads_requests_over_its_window() -> None:
    async def pass_seven() -> None:
        gate = Gate(Limit(units=3, seconds=0.3, concurrent=2))
        for _ in range(7):
            async with gate.passing(1):
                pass

    started = time.monotonic()
    asyncio.run(pass_seven())
    assert 0.6 <= time.monotonic() - started < 1.5


def test_limits_are_below_the_published_ones() -> None:
    assert LIMITS["security"].concurrent <= 4
    assert LIMITS["security"].units <= 150
    assert LIMITS["directory"].units <= 3500
