"""The retry loop and paging, over real HTTPS."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.graph.limits import LIMITS, Gate, Limit
from pipeline.graph.retry import Attempts, RetryPolicy, http_date, retry_after

from .conftest import Lab


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


# As it is before tests do without it.
backoff = RetryPolicy.backoff


def test_backoff_doubles_and_all_eight_tries_fit_into_the_time() -> None:
    policy = RetryPolicy()
    waits = [backoff(policy, tries) for tries in range(1, 8)]
    assert 0.75 <= waits[0] <= 1.0
    assert 45.0 <= waits[6] <= 60.0
    assert sum(waits) < policy.seconds
    shorter = RetryPolicy(3.0)
    assert sum(backoff(shorter, tries) for tries in range(1, 8)) < 3.0


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
    assert time.monotonic() - started < 600, "far less than what was asked for"


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
    assert time.monotonic() - started < 20, "given up before the answer"


def test_a_gate_spreads_requests_over_its_window() -> None:
    async def pass_seven() -> None:
        gate = Gate(Limit(units=3, seconds=0.3, concurrent=2))
        for _ in range(7):
            async with gate.passing(1):
                pass

    started = time.monotonic()
    asyncio.run(pass_seven())
    assert 0.6 <= time.monotonic() - started < 6.0


def test_limits_are_below_the_published_ones() -> None:
    assert LIMITS["security"].concurrent <= 4
    assert LIMITS["security"].units <= 150
    assert LIMITS["directory"].units <= 3500
