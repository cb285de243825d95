"""Graph's published limits, per tenant: 429 before a request is answered.

Security: 4 at once and 150 a minute. Identity protection and Conditional Access together: one a
second. Reports: 5 in ten seconds. Neither of the two says how long to wait. Directory: a bucket of
resource units that refills over ten seconds, its size after the number of users.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from time import monotonic

from pipeline.sandbox.protocol.wire import GraphError

SECURITY_AT_ONCE = 4
SECURITY_PER_MINUTE = 150
IDENTITY_SECONDS = 1.0
REPORTS_AT_ONCE, REPORTS_SECONDS = 5, 10.0
_BUCKET_SECONDS = 10.0
# One thread serves all: two requests can come in closer together than they were sent.
_JITTER = 0.1


class Throttle:
    """Counts what each tenant uses; one application, so the tenant is the key."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._at_once: defaultdict[str, int] = defaultdict(int)
        self._minute: defaultdict[str, deque[float]] = defaultdict(deque)
        self._buckets: dict[str, tuple[float, float]] = {}
        self._windows: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def forget(self) -> None:
        """Start all windows anew, as after a night."""
        self._minute.clear()
        self._buckets.clear()
        self._windows.clear()

    @contextmanager
    def security(self, tenant_id: str) -> Iterator[None]:
        """Hold one of the tenant's four places while the request is answered."""
        if not self.enabled:
            yield
            return
        recent, now = self._minute[tenant_id], monotonic()
        while recent and now - recent[0] >= 60:
            recent.popleft()
        if self._at_once[tenant_id] >= SECURITY_AT_ONCE:
            raise _too_many(1)
        if len(recent) >= SECURITY_PER_MINUTE:
            raise _too_many(ceil(60 - (now - recent[0])))
        recent.append(now)
        self._at_once[tenant_id] += 1
        try:
            yield
        finally:
            self._at_once[tenant_id] -= 1

    def identity(self, tenant_id: str) -> None:
        """Identity protection and Conditional Access: one request a second, whoever asks."""
        self._window("identity", tenant_id, 1, IDENTITY_SECONDS)

    def reports(self, tenant_id: str) -> None:
        self._window("reports", tenant_id, REPORTS_AT_ONCE, REPORTS_SECONDS)

    def _window(self, name: str, tenant_id: str, most: int, seconds: float) -> None:
        """Count a request of a quota that is refused without a Retry-After."""
        recent, now = self._windows[name, tenant_id], monotonic()
        while recent and now - recent[0] >= seconds - _JITTER:
            recent.popleft()
        if self.enabled and len(recent) >= most:
            raise _too_many(None)
        recent.append(now)

    def directory(self, tenant_id: str, *, app_id: str, users: int, cost: int) -> dict[str, str]:
        """Spend `cost` resource units and return the headers that report it."""
        size = 3500 if users < 50 else 5000 if users <= 500 else 8000
        now = monotonic()
        level, since = self._buckets.get(tenant_id, (0.0, now))
        level = max(0.0, level - (now - since) * size / _BUCKET_SECONDS)
        if self.enabled and level + cost > size:
            wait = ceil((level + cost - size) * _BUCKET_SECONDS / size)
            raise _too_many(
                wait,
                {
                    "x-ms-throttle-scope": f"Tenant_Application/ReadWrite/{app_id}/{tenant_id}",
                    "x-ms-throttle-information": "ResourceUnitLimitExceeded",
                },
            )
        self._buckets[tenant_id] = (level + cost, now)
        headers = {"x-ms-resource-unit": str(cost)}
        if (level + cost) / size >= 0.8:
            headers["x-ms-throttle-limit-percentage"] = f"{(level + cost) / size:.2f}"
        return headers


def _too_many(seconds: int | None, headers: dict[str, str] | None = None) -> GraphError:
    wait = {} if seconds is None else {"Retry-After": str(max(1, seconds))}
    message = "Please retry again later."
    return GraphError(429, "TooManyRequests", message, headers=wait | (headers or {}))
