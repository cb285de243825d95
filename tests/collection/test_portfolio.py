"""Many tenants at once: whatever happens to some, all others are as if nothing had."""

from collections import Counter
from typing import Any

import pytest

from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import COMPLETE
from pipeline.sandbox.server.faults import Fault

from .breakages import BREAKAGES, Breakage
from .conftest import Lab, NewLab, facts

# Nine of ten are small, to be quick; the tenth is broken, and has everything that can break.
SHAPES = ("p2", "free", "free", "p1", "free", "free", "free", "p2", "free", "free")


@pytest.mark.usefixtures("short_lists")
def test_200_tenants_of_which_one_in_ten_fails_in_a_way_of_its_own(new_lab: NewLab) -> None:
    with new_lab(tenants=200, days=2, shapes=SHAPES, users=8, log_requests=False) as lab:
        broken = dict(zip(lab.ids[::10], BREAKAGES, strict=True))
        for tenant, breakage in broken.items():
            breakage.do(lab.sandbox, tenant)
        log = lab.collect().log
        healthy = set(lab.ids) - set(broken)
        assert len(log) == 200 * len(FEEDS)
        assert not lab.surprises([r for r in log if r.tenant_id in healthy], adopted=False)
        for tenant, breakage in broken.items():
            check(lab, breakage, [row for row in log if row.tenant_id == tenant])
        lab.sandbox.faults.clear()
        lab.sandbox.edits.clear()
        sample = sorted(healthy, key=lab.ids.index)[::12]
        clean = lab.beside("clean")
        clean.collect(tenants=sample)
        assert facts(lab, sample) == facts(clean)


def check(lab: Lab, breakage: Breakage, log: list[Any]) -> None:
    """One broken tenant: what failed is explained, and nothing else of it failed."""
    rows = {row.feed: row for row in log}
    failed = {feed: row for feed, row in rows.items() if row.outcome not in COMPLETE}
    if breakage.spoils:
        assert set(failed) == set(breakage.spoils), breakage.name
    else:
        assert len(failed) > 20, breakage.name
    row = rows[breakage.feed]
    assert row.outcome == breakage.outcome, breakage.name
    assert breakage.words in (row.note or ""), breakage.name
    for one in failed.values():
        assert one.note, breakage.name
        assert "\n" not in one.note
        assert ";" in one.note, "the cause, and after it the next step"
        assert one.rows == 0


def test_a_storm_on_every_third_request_loses_nothing(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sandbox.server.graph.page_size", lambda *_, **__: 12)
    with new_lab(tenants=3, days=30) as lab:
        clean = lab.beside("clean")
        assert not clean.surprises(clean.collect().log)
        monkeypatch.setattr(lab.sandbox.faults, "take", storm())
        log = lab.collect().log
    assert not lab.surprises(log)
    tried = sum(row.requests for row in log)
    retried = sum(row.retries for row in log)
    assert 0.25 < retried / tried < 0.4
    assert facts(lab) == facts(clean)
    assert [(r.feed, r.rows, r.pages) for r in sorted(log, key=key)] == [
        (r.feed, r.rows, r.pages)
        for r in sorted((one for tenant in lab.ids for one in clean.log_of(tenant)), key=key)
    ]


def storm() -> Any:
    """429 and 503 in turn on every third request, sign-ins included; on the same one not so often
    that chance alone would use up its eight tries."""
    count, failed = iter(range(1, 10**6)), Counter[tuple[str | None, str]]()

    def take(tenant: str | None, target: str, *, page: int | None = None, **_: Any) -> Fault | None:
        if page is not None:
            return None
        number = next(count)
        if number % 3 or failed[tenant, target] == 5:
            return None
        failed[tenant, target] += 1
        return Fault(status=429 if number % 2 else 503, retry_after=0.05 if number % 4 else None)

    return take


def key(row: Any) -> tuple[str, str]:
    return row.tenant_id, row.feed
