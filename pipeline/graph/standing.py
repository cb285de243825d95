"""Whether a tenant answers at all: one that is down must not hold up a run."""

import time

from pipeline.graph.feed import Workload

# Enough to say whether somebody is there, once nobody was for as long as a tenant may be silent.
_ONCE = 3.0
_FEEDS = 3
_WORKLOADS = 2


class Standing:
    """What one tenant's requests met so far; any reply but a server error is an answer.

    A tenant is down when it has been silent for too long: from the start, or later to several
    feeds of several services. One service in trouble is no tenant that is down.
    """

    def __init__(self, silent_seconds: float) -> None:
        self._patience = silent_seconds
        self._since: float | None = None
        self._failing: set[tuple[Workload, str]] = set()
        self._is_signed_out = False
        self.has_answered = False

    def answered(self) -> None:
        """A reply came."""
        self.has_answered = True
        self._since = None
        self._failing.clear()

    def signed_in(self) -> None:
        self._is_signed_out = False

    def failed(self, workload: Workload, feed: str, began: float) -> None:
        """No reply came to a try that began at this moment (monotonic), or a server error."""
        self._since = began if self._since is None else min(self._since, began)
        self._failing.add((workload, feed))

    def sign_in_failed(self) -> None:
        """The sign-in was waited for as long as a tenant may be silent, and nobody was there."""
        self._is_signed_out = True

    @property
    def is_down(self) -> bool:
        """Whether what is left is asked once each, and briefly."""
        if self._is_signed_out:
            return True
        if self._since is None or time.monotonic() - self._since < self._patience:
            return False
        feeds = {feed for _, feed in self._failing}
        services = {workload for workload, _ in self._failing}
        several = len(feeds) >= _FEEDS and len(services) >= _WORKLOADS
        return several or not self.has_answered

    def seconds(self, left: float) -> float:
        """How long to wait for the beginning of a reply, of the seconds that are left."""
        if self.is_down:
            return min(left, _ONCE)
        return left if self.has_answered else min(left, max(self._silence_left, 1.0))

    def pause(self, wait: float) -> float:
        """How long to wait before another try: not past the moment at which it is the last."""
        return wait if self.has_answered else min(wait, max(self._silence_left, 0.0))

    @property
    def _silence_left(self) -> float:
        spent = 0.0 if self._since is None else time.monotonic() - self._since
        return self._patience - spent

    @property
    def sign_in_seconds(self) -> float:
        """How long a sign-in may be tried."""
        return _ONCE if self.is_down else self._patience
