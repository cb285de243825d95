"""Hostile answers: bodies, headers and records that no honest Graph sends, feed after feed.

After each the tenant's other feeds and the other tenant are as they always are, nothing of the
answer is taken for a fact without a word, and no request went elsewhere.
"""

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from pipeline.graph.feeds import FEEDS
from tests.attack.tally import Tally
from tests.collection.conftest import Lab
from tests.collection.fragments import FRAGMENTS

QUIET = ("ok", "empty", "not_licensed", "not_in_cloud", "not_for_this_date")
Page = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """A body with its status and headers, or an edit of the page that would have come."""

    name: str
    body: bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Page], Page] | None = None
    # Members that Graph may have tomorrow, or nothing at all, are no reason to refuse a feed.
    may_be_read: bool = False


class Elsewhere:
    """A listener that nobody should ever speak to."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("localhost", 0))
        self.visits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self._socket.getsockname()[1]}/v1.0/users"

    def _listen(self) -> None:
        while True:
            visitor, _ = self._socket.accept()
            self.visits += 1
            visitor.close()


ELSEWHERE = Elsewhere()


def _listed(*records: object) -> bytes:
    return orjson.dumps({"value": list(records)})


def _nested(depth: int) -> bytes:
    return b'{"value":' + b"[" * depth + b"]" * depth + b"}"


def _linked(link: object) -> Callable[[Page], Page]:
    return lambda page: page | {"@odata.nextLink": link}


HUGE = "x" * 2**20
BOMB = gzip.compress(b'{"value":[' + b" " * 200_000_000 + b"]}", 1)
BODIES = [
    Answer("nothing", b""),
    Answer("null", b"null"),
    Answer("a number", b"1"),
    Answer("a list", b"[]"),
    Answer("text", b'"value"'),
    Answer("an empty object", b"{}"),
    Answer("HTML", b"<!doctype html><title>Sign in</title>"),
    Answer("half a body", b'{"value":[{"id":"a"'),
    Answer("two bodies", b'{"value":[]}{"value":[]}'),
    Answer("a comma too many", b'{"value":[],}'),
    Answer("single quotes", b"{'value':[]}"),
    Answer("not a number", b'{"value":[{"id":"a","currentScore":NaN}]}'),
    Answer("infinity", b'{"value":[{"id":"a","currentScore":Infinity}]}'),
    Answer(
        "a number without an end", b'{"value":[{"id":"a","currentScore":' + b"9" * 5000 + b"}]}"
    ),
    Answer("bytes that are no text", b'{"value":[{"id":"\xff\xfe"}]}'),
    Answer("half a surrogate", b'{"value":[{"id":"\\ud800"}]}'),
    Answer("UTF-16", '{"value":[]}'.encode("utf-16")),
    Answer("a zero byte", b'{"value":[]}\x00'),
    Answer("value is null", b'{"value":null}'),
    Answer("value is an object", b'{"value":{}}'),
    Answer("value is text", b'{"value":"none"}'),
    Answer("value twice", b'{"value":[{"id":"a"}],"value":[]}', may_be_read=True),
    Answer("records that are null", _listed(None)),
    Answer("records that are lists", _listed([])),
    Answer("records that are numbers", _listed(1, 2)),
    Answer("an error with status 200", b'{"error":{"code":"x","message":"y"}}'),
    Answer("deep lists", _nested(100_000)),
    Answer("deep objects", b'{"value":[' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"]}"),
    Answer("a gzip bomb", BOMB, headers={"Content-Encoding": "gzip"}, may_be_read=True),
    Answer("gzip that is none", b"plain", headers={"Content-Encoding": "gzip"}),
    Answer(
        "half of gzip", gzip.compress(b'{"value":[]}')[:-14], headers={"Content-Encoding": "gzip"}
    ),
    Answer(
        "deflate",
        zlib.compress(b'{"value":[]}'),
        headers={"Content-Encoding": "deflate"},
        may_be_read=True,
    ),
    Answer(
        "an encoding nobody knows",
        b'{"value":[]}',
        headers={"Content-Encoding": "rot13"},
        may_be_read=True,
    ),
    Answer(
        "another media type",
        b'{"value":[]}',
        headers={"Content-Type": "text/plain"},
        may_be_read=True,
    ),
    Answer(
        "a day in year 1",
        b'{"value":[]}',
        headers={"Date": "Mon, 01 Jan 0001 00:00:00 GMT"},
        may_be_read=True,
    ),
    Answer("a day that is none", b'{"value":[]}', headers={"Date": "soon"}, may_be_read=True),
    *(Answer(f"status {code}", b"{}", status=code) for code in (204, 205, 206, 299, 418, 451, 599)),
    *(
        Answer(f"redirect {code}", b"", status=code, headers={"Location": ELSEWHERE.url})
        for code in (301, 302, 303, 307, 308)
    ),
    Answer("wait a year", b"{}", status=429, headers={"Retry-After": "31536000"}),
    Answer("wait backwards", b"{}", status=429, headers={"Retry-After": "-5"}),
    Answer("wait for text", b"{}", status=429, headers={"Retry-After": "later"}),
]
EDITS = [
    Answer("next page elsewhere", edit=_linked(ELSEWHERE.url)),
    Answer("next page without TLS", edit=_linked("http://localhost/v1.0/users")),
    Answer("next page in another version", edit=_linked("/../../oauth2/token")),
    Answer("next page is a number", edit=_linked(7)),
    Answer("next page is a list", edit=_linked([ELSEWHERE.url])),
    Answer("next page is a file", edit=_linked("file:///etc/passwd")),
    Answer("no value", edit=lambda page: {k: v for k, v in page.items() if k != "value"}),
    Answer("the same record twice", edit=lambda page: page | {"value": page["value"] * 2},
           may_be_read=True),
    Answer(
        "a member of an unknown kind",
        edit=lambda page: page
        | {"value": [one | {"__proto__": {"a": [1, {"b": None}]}} for one in page["value"]]},
        may_be_read=True,
    ),
    Answer(
        "ids that are statements",
        edit=lambda page: page
        | {"value": [one | {"id": "'; drop table core.dim_tenant; --"} for one in page["value"]]},
        may_be_read=True,
    ),
    Answer(
        "ids that are paths",
        edit=lambda page: page | {"value": [one | {"id": "../" * 9} for one in page["value"]]},
        may_be_read=True,
    ),
    Answer("ids that are lists",
           edit=lambda page: page | {"value": [one | {"id": []} for one in page["value"]]}),
    Answer(
        "ids a megabyte long",
        edit=lambda page: page | {"value": [one | {"id": HUGE} for one in page["value"][:1]]},
        may_be_read=True,
    ),
]  # fmt: skip
ANSWERS = [*BODIES, *EDITS]


def attack(lab: Lab, tally: Tally, chosen: Iterator[tuple[str, Answer]]) -> None:
    """Try each answer on its feed, each in a home of its own."""
    usual: dict[str, dict[str, str]] = {}
    for number, (feed, answer) in enumerate(chosen):
        if feed not in usual:
            log = lab.beside(f"usual-{feed}").collect(feeds=[feed]).log
            usual[feed] = {row.tenant_id: row.outcome for row in log if row.feed == feed}
        loss, leak = _try(lab.beside(f"answer-{number}"), feed, answer, usual[feed])
        tally.count("hostile answers", f"{feed}, {answer.name}", loss=loss, leak=leak)


def everything() -> Iterator[tuple[str, Answer]]:
    """Every answer on every feed that reads a list or an object in its own way."""
    for feed in FEEDS:
        first = FEEDS[feed].requests[0]
        for answer in ANSWERS:
            # Where an id is no column, one of another kind is a member like any unknown one.
            is_about_it = answer.name != "ids that are lists" or "id" in first.table.schema.names
            if answer.edit is None or (not first.single and is_about_it):
                yield feed, answer


def _try(lab: Lab, feed: str, answer: Answer, usual: Mapping[str, str]) -> tuple[str, str]:
    """What was lost and what was leaked; nothing where all is well."""
    victim, other = lab.ids[:2]
    lab.sandbox.faults.clear()
    lab.sandbox.edits.clear()
    before = ELSEWHERE.visits
    for fragment in FRAGMENTS[feed]:
        if answer.edit is not None:
            lab.sandbox.edits.add(tenant_id=victim, path=fragment, function=answer.edit)
        else:
            lab.sandbox.faults.add(
                tenant_id=victim, path=fragment, status=answer.status, body=answer.body,
                headers=answer.headers,
            )  # fmt: skip
    try:
        log = lab.collect(tenants=[victim, other], feeds=[feed]).log
    finally:
        lab.sandbox.faults.clear()
        lab.sandbox.edits.clear()
    ended = {row.tenant_id: row for row in log if row.feed == feed}
    leak = "" if ELSEWHERE.visits == before else "a request went elsewhere"
    if ended[other].outcome != usual[other]:
        return f"the other tenant ended {ended[other].outcome}", leak
    # What Graph was not asked, or has nothing of, met no answer.
    is_met = ended[victim].requests and usual[victim] == "ok"
    return _judged(ended[victim], answer) if is_met else "", leak


def _judged(row: Any, answer: Answer) -> str:
    if "failed on our side" in (row.note or ""):
        return f"met by nobody: {row.note}"
    if row.outcome in ("ok", "empty") and not answer.may_be_read:
        return f"taken for {row.outcome}"
    return "" if row.outcome in QUIET or row.note else "without a reason"
