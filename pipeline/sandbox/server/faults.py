"""What a test makes go wrong: faults that replace an answer, edits that alter a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from pipeline.sandbox.protocol.clock import http_date
from pipeline.sandbox.protocol.refusals import Refusal
from pipeline.sandbox.protocol.wire import GATEWAY_403, Answer, Call, default_error, error_body

Page = dict[str, Any]
RetryAfter = int | float | str | datetime | timedelta | None


@dataclass
class Fault:
    """One thing that goes wrong for matching requests, `times` times or for good.

    `path` is looked for in path and query. `nth_page` counts from 1, -1 is the last page.
    `drop` closes the connection unanswered, `truncate` sends half of the JSON, both together half
    of the promised bytes. Status 200 without a body is the real page, `delay` seconds late.
    `refusal` (one of pipeline.sandbox.protocol.refusals) gives status, code and message; `every`
    meets only each so-manyth request.
    """

    tenant_id: str | None = None
    path: str = ""
    status: int = 503
    times: int | None = None
    nth_page: int | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    truncate: bool = False
    html: bool = False
    repeat_next_link: bool = False
    empty_page: bool = False
    retry_after: RetryAfter = None
    delay: float = 0.0
    refusal: Refusal | None = None
    every: int = 1
    met: int = field(default=0, init=False)

    @property
    def alters_page(self) -> bool:
        """True if the real page is needed first."""
        return not self.replaces or self.nth_page is not None

    @property
    def replaces(self) -> bool:
        """True if the answer is not the real page in some altered form."""
        own = self.body is not None or self.refusal is not None
        late = self.status == 200 and not own and not self.drop
        return not (self.truncate or self.repeat_next_link or self.empty_page or late)

    def answer(self, call: Call) -> Answer:
        """The answer that stands instead of the real one."""
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = _retry_after(self.retry_after, call.moment)
        if self.html:
            return Answer(403, GATEWAY_403, headers, "text/html", delay=self.delay)
        code, message = default_error(self.status)
        if self.refusal is not None:
            refused = self.refusal.error().answer(call)
            return replace(refused, headers=headers, delay=self.delay)
        body = error_body(self.status, code, message, call) if self.body is None else self.body
        return Answer(self.status, body, headers, drop=self.drop, delay=self.delay)


class Faults:
    """The faults in force, tried in the order in which they were added."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def add(self, **fields: Any) -> Fault:
        """Put a fault in force; the fields are those of `Fault`."""
        fault = Fault(**fields)
        if fault.tenant_id is not None:
            fault.tenant_id = fault.tenant_id.lower()
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(
        self, tenant_id: str | None, target: str, *, page: int | None = None, last: bool = False
    ) -> Fault | None:
        """The first fault that meets this request, counted down; without `page` only those that
        need no page."""
        with self._lock:
            for fault in self._faults:
                if fault.times == 0 or not _meets(fault, tenant_id, target):
                    continue
                if fault.alters_page is (page is None):
                    continue
                if fault.nth_page not in (None, page, -1 if last else None):
                    continue
                fault.met += 1
                if fault.met % fault.every:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


@dataclass(frozen=True)
class Edit:
    tenant_id: str | None
    path: str
    function: Callable[[Page], Page]


class Edits:
    """Functions that alter the JSON of matching pages before they are sent."""

    def __init__(self) -> None:
        self._edits: list[Edit] = []

    def add(
        self, *, function: Callable[[Page], Page], path: str = "", tenant_id: str | None = None
    ) -> None:
        """Pass every page whose URL contains `path` through `function`."""
        self._edits = [*self._edits, Edit(tenant_id and tenant_id.lower(), path, function)]

    def clear(self) -> None:
        self._edits = []

    def matching(self, tenant_id: str, target: str) -> list[Edit]:
        return [edit for edit in self._edits if _meets(edit, tenant_id, target)]


def _meets(rule: Fault | Edit, tenant_id: str | None, target: str) -> bool:
    same_tenant = rule.tenant_id is None or rule.tenant_id == tenant_id
    return same_tenant and rule.path.lower() in target.lower()


def _retry_after(value: RetryAfter, now: datetime) -> str:
    # A span becomes a date on the sandbox's own clock: a server has no other.
    if isinstance(value, timedelta):
        value = now + value
    return http_date(value) if isinstance(value, datetime) else str(value)
