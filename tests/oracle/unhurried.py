"""Collection without the waits between requests and between tries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from pipeline.graph.feed import Workload
from pipeline.graph.limits import LIMITS, Limit
from pipeline.graph.retry import RetryPolicy


@contextmanager
def without_waits() -> Iterator[None]:
    """For what is not about waiting, and lives longer than one test."""
    limits = cast(dict[Workload, Limit], LIMITS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RetryPolicy, "backoff", lambda self, tries: 0.0)
        for workload in (Workload.PROTECTION, Workload.REPORTS):
            patch.setitem(limits, workload, Limit(units=1_000, seconds=1.0, concurrent=4))
        yield
