"""When a request is tried again: Retry-After in all its forms, backoff, and the limits."""

import os
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.errors import UsageError

_SECONDS = 300.0
_MAX_BACKOFF = 60.0


@dataclass(frozen=True)
class RetryPolicy:
    """How long a request may be tried, in seconds; the backoff shrinks with it."""

    seconds: float = _SECONDS

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "RetryPolicy":
        """The policy, shortened by POSTURE_RETRY_SECONDS. Raises UsageError for a bad value."""
        text = (os.environ if environ is None else environ).get("POSTURE_RETRY_SECONDS")
        if not text:
            return cls()
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= _SECONDS:
            raise UsageError(
                "POSTURE_RETRY_SECONDS: must be a number of seconds from 0 to 300; correct it"
            )
        return cls(seconds)

    def backoff(self, tries: int) -> float:
        """Seconds to wait after so many tries: doubling from one second, with jitter."""
        longest = min(2.0 ** (tries - 1), _MAX_BACKOFF) * self.seconds / _SECONDS
        return longest * random.uniform(0.75, 1.0)


@dataclass
class Attempts:
    """The tries of one request; its time runs from the first one, not from when it queued."""

    policy: RetryPolicy
    tries: int = 0
    started: float = field(default_factory=time.monotonic)

    def begin(self) -> float:
        """Count one try that starts now, and say when that is (monotonic)."""
        now = time.monotonic()
        self.tries += 1
        if self.tries == 1:
            self.started = now
        return now

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        return self.policy.seconds - self.elapsed

    def wait_before_next(self, retry_after: float | None, allowed: int) -> float | None:
        """Seconds to wait before another try; None when there may not be one."""
        if self.tries >= allowed:
            return None
        wait = self.policy.backoff(self.tries) if retry_after is None else retry_after
        return wait if wait <= self.seconds_left else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by Retry-After: whole, decimal, or an HTTP date; None without one.

    A date is measured against the reply's own Date, so that a wrong local clock does no harm.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d*)?|\.\d+", text):
        return float(text)
    until = http_date(text)
    if until is None:
        return None
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """An HTTP date as UTC, None when it is not one."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
