"""No tenant can hold a run or exhaust its memory: bounds in bytes, pages, seconds and silence."""

import asyncio
import gzip
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from requests.exceptions import ReadTimeout

from pipeline.config.bounds import Bounds
from pipeline.config.settings import load_config
from pipeline.errors import UsageError
from pipeline.graph import bounded_reply, standing
from pipeline.graph.bounded_client import BoundedClient, OversizedBodyError
from pipeline.graph.bounded_reply import BoundedReply
from pipeline.graph.feed import Workload
from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import too_long
from pipeline.graph.standing import Standing

from .conftest import Lab

LARGE = 40 * 2**20


def bounded(lab: Lab, **bounds: int) -> None:
    lab.settings = replace(lab.settings, bounds=Bounds(**bounds))


def test_a_body_that_unpacks_to_more_than_the_bound_is_refused(lab: Lab) -> None:
    bounded(lab, response_megabytes=8)
    # The sandbox packs what it sends: 40 kB of this go over the wire.
    body = b'{"value":[]' + b" " * LARGE + b"}"
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="/organization", status=200, body=body)
    rows = {row.tenant_id: row for row in lab.collect(feeds=["organization"]).log}
    row = rows[lab.ids[0]]
    assert (row.outcome, row.requests) == ("bad_response", 1)
    assert "larger than 8 MB, which is limits: response_megabytes" in str(row.note)
    assert rows[lab.ids[1]].outcome == "ok"


@pytest.mark.parametrize("path", ["openid-configuration", "/token"])
def test_a_sign_in_that_unpacks_to_more_than_any_token_is_not_unpacked(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "0")
    body = b'{"access_token":"' + b"x" * LARGE + b'"}'
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path=path, status=200, body=body)
    read: list[int] = []
    stream = BoundedReply.stream

    def count(self: BoundedReply, *arguments: Any, **options: Any) -> Iterator[bytes]:
        for piece in stream(self, *arguments, **options):
            read.append(len(piece))
            yield piece

    monkeypatch.setattr(BoundedReply, "stream", count)
    rows = {row.tenant_id: row for row in lab.collect(feeds=["organization"]).log}
    assert (rows[lab.ids[0]].outcome, rows[lab.ids[0]].requests) == ("unavailable", 0)
    assert rows[lab.ids[1]].outcome == "ok"
    assert sum(read) < LARGE / 4


def test_a_reply_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(bounded_reply, "time", SimpleNamespace(monotonic=lambda: now[0]))

    class Drip:
        def stream(self) -> Iterator[bytes]:
            while True:
                now[0] += 1
                yield b"."

    pieces = BoundedReply(Drip(), seconds=5).stream()
    with pytest.raises(ReadTimeout):
        list(islice(pieces, 100))
    assert now[0] == 106


def test_of_a_bomb_no_more_than_the_bound_and_a_piece_is_unpacked() -> None:
    packed = gzip.compress(bytes(LARGE))
    assert len(packed) < LARGE / 900

    async def ask() -> None:
        transport = httpx.MockTransport(
            lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces())
        )
        async with BoundedClient(max_bytes=2**20, transport=transport) as client:
            await client.get("https://graph.example/v1.0/organization")

    class Pieces(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for start in range(0, len(packed), 1024):
                yield packed[start : start + 1024]

    tracemalloc.start()
    try:
        with pytest.raises(OversizedBodyError):
            asyncio.run(ask())
        assert tracemalloc.get_traced_memory()[1] < LARGE / 4
    finally:
        tracemalloc.stop()


def endless(lab: Lab) -> None:
    """A list whose every page has another record and a next link."""
    numbers = count()

    def page(found: dict[str, Any]) -> dict[str, Any]:
        number = next(numbers)
        link = f"{lab.sandbox.url}/v1.0/security/secureScoreControlProfiles?$skip={number}"
        record = {"id": f"c{number}", "azureTenantId": lab.ids[0]}
        return {"value": [record], "@odata.nextLink": link}

    lab.sandbox.edits.add(tenant_id=lab.ids[0], path="secureScoreControlProfiles", function=page)


def test_an_endless_list_ends_at_the_bound_of_pages(lab: Lab) -> None:
    bounded(lab, list_pages=7)
    endless(lab)
    row = lab.collect_one("secure_score_control_profiles")
    assert (row.outcome, row.pages, row.rows) == ("bad_response", 7, 0)
    assert "more than 7 pages, which is limits: list_pages" in str(row.note)
    assert lab.table("secure_score_control_profiles").num_rows == 0


def test_an_endless_list_ends_at_the_bound_of_seconds(lab: Lab) -> None:
    bounded(lab, feed_seconds=1)
    endless(lab)
    row = lab.collect_one("secure_score_control_profiles")
    assert (row.outcome, row.rows) == ("bad_response", 0)
    assert "within 1 seconds, which is limits: feed_seconds" in str(row.note)
    assert row.pages


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(429, "throttled"), (503, "unavailable"), (None, "unavailable"), (200, "bad_response")],
)
def test_a_feed_that_takes_too_long_ends_by_its_last_reply(
    status: int | None, outcome: str
) -> None:
    error = too_long(1800, status)
    assert error.outcome == outcome
    assert "limits: feed_seconds" in str(error)


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 503}, {"status": 500, "body": b""}])
def test_a_tenant_that_is_down_is_asked_once_a_feed_and_holds_up_nobody(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    silent, healthy = lab.ids
    monkeypatch.setattr(Standing, "__init__", impatient)
    for path in ("/v1.0/", "/beta/"):
        lab.sandbox.faults.add(tenant_id=silent, path=path, **fault)
    log = lab.collect().log
    down = {row.feed: row for row in log if row.tenant_id == silent}
    assert set(down) == set(FEEDS)
    assert {row.outcome for row in down.values()} == {"unavailable"}
    # The first is asked again at the end: by then others might have answered.
    assert {row.feed for row in down.values() if row.requests > 1} == {"secure_scores"}
    assert down["secure_scores"].requests == 2
    assert not lab.surprises(row for row in log if row.tenant_id == healthy)


def impatient(self: Standing, _: float) -> None:
    """As if the time that a tenant may be silent had passed when it first fails."""
    self._patience = 0.0
    self._since = None
    self._failing = set()
    self._is_signed_out = False
    self.has_answered = False


def test_a_service_that_is_down_alone_keeps_all_its_tries(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Standing, "__init__", impatient)
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="/secureScores?", status=503, times=4)
    log = [row for row in lab.collect().log if row.tenant_id == lab.ids[0]]
    [scores] = [row for row in log if row.feed == "secure_scores"]
    # Once while nobody had answered, and then with patience.
    assert (scores.outcome, scores.requests) == ("ok", 5)
    assert not lab.surprises(log)


def test_a_sign_in_that_nobody_answers_is_given_up_before_the_run_is_held(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Standing, "__init__", impatient)
    lab.sandbox.faults.add(tenant_id=lab.ids[0], path="openid-configuration", drop=True)
    log = lab.collect().log
    assert {row.outcome for row in log if row.tenant_id == lab.ids[0]} == {"unavailable"}
    asked = [one for one in lab.sandbox.requests if "openid" in one.path]
    assert len([one for one in asked if lab.ids[0] in one.path]) == 1
    assert not lab.surprises(row for row in log if row.tenant_id == lab.ids[1])


def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A stopped clock, to be moved by its first item."""
    now = [100.0]
    monkeypatch.setattr(standing, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_who_is_down_and_who_is_only_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    now = at(monkeypatch)
    one = Standing(30)
    assert (one.is_down, one.seconds(300)) == (False, 30)
    one.failed(Workload.SECURITY, "secure_scores", 100.0)
    assert one.pause(60) == 30
    now[0] += 29
    assert (one.is_down, one.seconds(300), one.pause(60)) == (False, 1.0, 1.0)
    now[0] += 1
    assert (one.is_down, one.seconds(300)) == (True, 3.0)
    one.answered()
    assert (one.is_down, one.seconds(300), one.pause(60)) == (False, 300, 60)
    # It answered once: one service that fails is waited for, however many feeds it has.
    for feed in ("risky_users", "risk_detections", "named_locations"):
        one.failed(Workload.PROTECTION, feed, now[0])
    now[0] += 200
    assert not one.is_down
    one.failed(Workload.DIRECTORY, "groups", now[0])
    assert one.is_down
    one.answered()
    one.failed(Workload.DIRECTORY, "groups", now[0])
    assert not one.is_down


def test_a_slow_body_is_no_silence(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of silence ends with the beginning of a reply, however long the rest takes."""
    heard = threading.Event()
    answered = Standing.answered

    def notice(self: Standing) -> None:
        heard.set()
        answered(self)

    monkeypatch.setattr(Standing, "answered", notice)
    assert lab.collect_one("organization").outcome == "ok"
    assert heard.is_set()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("feed_seconds: 0", "must be a whole number above 0"),
        ("feed_seconds: -3", "must be a whole number above 0"),
        ("feed_seconds: 1.5", "must be a whole number above 0"),
        ("feed_seconds: many", "must be a whole number above 0, without quotes"),
        ("feed_seconds:", "must be a whole number above 0"),
        ("list_pages: 99999999999", "must be a whole number above 0"),
        ("feed_minutes: 3", "unknown key; known here: response_megabytes, list_pages"),
    ],
)
def test_a_mistake_in_the_limits_is_told_with_its_line(
    lab: Lab, written: str, problem: str
) -> None:
    path: Path = lab.settings.path
    before = path.read_text()
    path.write_text(f"{before}\nlimits:\n  {written}\n")
    with pytest.raises(UsageError) as refused:
        load_config(path)
    line = len(before.splitlines()) + 3
    assert f"{path.name}:{line}: limits.{written.partition(':')[0]}: {problem}" in str(
        refused.value
    )


def test_limits_of_the_file_are_those_of_the_run(lab: Lab) -> None:
    path = lab.settings.path
    path.write_text(path.read_text() + "\nlimits:\n  list_pages: 3\n  silent_seconds: 5\n")
    assert load_config(path).bounds == Bounds(list_pages=3, silent_seconds=5)
    assert lab.settings.bounds == Bounds()
