"""What makes feeds and tenants doubtful: not read of late, failed between good days, not asked."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tests.oracle.captures import COMPLETE, Life
from tests.oracle.recorder import FEED_OF_PART

QUIET = COMPLETE | {"not_licensed", "not_in_cloud", "not_for_this_date"}
NOT_MISSING = ("not_licensed", "not_in_cloud")
DAY = timedelta(days=1)
JUDGED = (
    "stale_feed",
    "feed_never_read",
    "failed_days",
    "days_not_collected",
    "no_longer_configured",
)
Row = dict[str, Any]
# Feed -> day -> the outcomes of its runs in order.
Outcomes = dict[str, dict[date, list[str]]]


def doubt_rows(life: Life, tenant: Row) -> Iterator[Row]:
    """Findings of one tenant, described as dim_tenant does."""
    for row in _findings(life, tenant):
        yield {"tenant_id": tenant["tenant_id"], "feed": "", "subject": ""} | row


def _findings(life: Life, tenant: Row) -> Iterator[Row]:
    outcomes = _outcomes(life, tenant["tenant_id"])
    for feed, days in outcomes.items():
        if tenant["is_active"]:
            yield from _stale(feed, days, life.as_of)
        yield from _failed(feed, days)
    asked = sorted({day for days in outcomes.values() for day in days})
    for one, other in pairwise(asked):
        if other > one + DAY:
            yield _span("days_not_collected", one + DAY, other - DAY, (other - one).days - 1)
    if not tenant["is_active"]:
        last = tenant["last_seen_date"]
        first = min(last + DAY, life.as_of)
        yield _span("no_longer_configured", first, life.as_of, (life.as_of - last).days)


def _outcomes(life: Life, tenant_id: str) -> Outcomes:
    found: Outcomes = defaultdict(lambda: defaultdict(list))
    for capture in sorted(life.captures, key=lambda one: one.order):
        is_feed = capture.tenant_id == tenant_id and capture.feed not in FEED_OF_PART
        if is_feed and capture.outcome != "not_for_this_date":
            found[capture.feed][capture.extract_date].append(capture.outcome)
    return found


def _last_good(days: dict[date, list[str]]) -> date | None:
    return max((day for day, ended in days.items() if COMPLETE & set(ended)), default=None)


def _stale(feed: str, days: dict[date, list[str]], as_of: date) -> Iterator[Row]:
    good, asked = _last_good(days), max(days)
    if days[asked][-1] in NOT_MISSING or good == as_of:
        return
    if good is None:
        yield _span("feed_never_read", asked, as_of, None) | {"feed": feed}
    else:
        yield _span("stale_feed", good + DAY, as_of, (as_of - good).days) | {"feed": feed}


def _failed(feed: str, days: dict[date, list[str]]) -> Iterator[Row]:
    """Days before the last good one that stay without the feed, by how they ended."""
    good = _last_good(days)
    by_outcome: dict[str, list[date]] = defaultdict(list)
    for day, ended in days.items():
        is_failed = not COMPLETE & set(ended) and not set(ended) <= QUIET
        if good is not None and day < good and is_failed:
            by_outcome[ended[-1]].append(day)
    for outcome, failed in by_outcome.items():
        span = _span("failed_days", min(failed), max(failed), len(failed))
        yield span | {"feed": feed, "subject": outcome}


def _span(finding: str, first: date, last: date, count: int | None) -> Row:
    return {
        "finding": finding,
        "first_date": first,
        "last_date": last,
        "finding_count": count,
    }
