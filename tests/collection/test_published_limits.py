"""Microsoft's limits, seen from the server: held by every request, tries and renewals included."""

import asyncio
import time
from collections import defaultdict
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.graph import limits
from pipeline.graph.feed import Workload
from pipeline.graph.feeds import FEEDS
from pipeline.graph.limits import LIMITS, Gate, Gates, shared_gates
from pipeline.sandbox.server import handler, throttle

from .conftest import Lab, NewLab

pytestmark = pytest.mark.published_limits
PROTECTION = ("/identityProtection/", "/identity/conditionalAccess/")


def is_protection(path: str) -> bool:
    return any(part in path for part in PROTECTION)


def is_report(path: str) -> bool:
    return "/reports/" in path or "signInActivity" in path


def arrivals(lab: Lab, kind: Any) -> dict[str, list[float]]:
    """When requests of a kind came in, by tenant."""
    found = defaultdict(list)
    for one in lab.graph_calls():
        if kind(one.path):
            # A refused token names no tenant; here only the first tenant is challenged.
            found[one.tenant_id or lab.ids[0]].append(one.arrived)
    return {tenant: sorted(times) for tenant, times in found.items()}


SPEED = 10.0


def hasten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock of the gates and that of the server run faster, both alike.

    What is compared are times that the server took, so that a busy machine changes nothing.
    """
    monotonic, sleep = time.monotonic, asyncio.sleep

    def fast() -> float:
        return monotonic() * SPEED

    gates = SimpleNamespace(
        sleep=lambda seconds: sleep(seconds / SPEED), Semaphore=asyncio.Semaphore
    )
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=fast))
    monkeypatch.setattr(limits, "asyncio", gates)
    monkeypatch.setattr(handler, "monotonic", fast)
    monkeypatch.setattr(throttle, "monotonic", fast)


def test_limits_are_held_at_the_server_and_never_met(
    new_lab: NewLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first tenant is disturbed, the second is not: they do not wait for one another."""
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "60")
    hasten(monkeypatch)
    with new_lab(tenants=2, shapes=["regulated"], users=2_200, throttling=True) as lab:
        disturbed, normal = lab.ids
        lab.sandbox.faults.add(tenant_id=disturbed, path="namedLocations", status=429, times=2)
        lab.sandbox.faults.add(tenant_id=disturbed, path="riskyUsers", status=503, times=1)
        challenge_once(lab, disturbed)
        log = lab.collect().log
        assert not lab.surprises(log)
        calls = lab.graph_calls()
        assert not [one for one in calls if one.status == 429 and one.tenant_id == normal]
        assert sum(one.status == 429 for one in calls) == 2, "only those that a test put there"
        assert len(calls) == sum(row.requests for row in log)
        for times in arrivals(lab, is_protection).values():
            assert len(times) >= 5
            assert all(after - before >= 1.0 for before, after in pairwise(times))
        for times in arrivals(lab, is_report).values():
            assert len(times) > 5
            assert all(b - a >= 10.0 for a, b in zip(times, times[5:], strict=False))
        extra = {row.tenant_id: 0 for row in log}
        for row in log:
            extra[row.tenant_id] += row.retries
        assert extra[normal] == 0
        assert extra[disturbed] >= 4
        for kind in (is_protection, is_report):
            one, other = arrivals(lab, kind).values()
            assert max(one[0], other[0]) < min(one[-1], other[-1]), "side by side, not in turn"


def challenge_once(lab: Lab, tenant: str) -> None:
    todo = [lambda: lab.sandbox.challenge(tenant)]

    def edit(page: dict[str, Any]) -> dict[str, Any]:
        if todo:
            todo.pop()()
        return page

    lab.sandbox.edits.add(tenant_id=tenant, path="v1.0/identity/conditionalAccess", function=edit)


def test_every_request_passes_the_gate_of_its_workload() -> None:
    for feed in FEEDS.values():
        for request in feed.requests:
            workload = request.workload or feed.workload
            path = f"/{request.version}{request.path}"
            assert (workload is Workload.PROTECTION) == is_protection(path), path
            assert (workload is Workload.SECURITY) == ("/security/" in path), path
            assert (workload is Workload.REPORTS) == (
                "/reports/" in path or "/auditLogs/" in path
            ), path


def test_the_directory_is_charged_what_it_costs() -> None:
    """Microsoft's table of resource units, with what $select, $expand and paths change."""
    base = {"/users": 2, "/members": 3, "/transitiveMembers": 5, "/subscribedSkus": 3}
    base["/applications"] = 2
    for feed in FEEDS.values():
        for request in feed.requests:
            if (request.workload or feed.workload) is not Workload.DIRECTORY:
                continue
            name = "/" + request.path.rpartition("/")[2]
            cost = base.get(name, 1) - ("$select" in request.query)
            cost += "$expand" in request.query
            assert request.units >= max(1, cost), request.path


@pytest.mark.parametrize("workload", list(Workload))
def test_a_gate_lets_no_more_through_than_its_limit(
    workload: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 100.0))
    limit = LIMITS[workload]
    cost = 1 if limit.counts_requests else limit.units // 5
    most = limit.units // cost
    under_way = [0]

    async def one(gate: Gate, done: list[int]) -> None:
        async with gate.passing(cost):
            under_way.append(under_way[-1] + 1)
            await asyncio.sleep(0)
            under_way.append(under_way[-1] - 1)
            done.append(1)

    async def crowd() -> int:
        gate, done = Gate(limit), list[int]()
        tasks = [asyncio.create_task(one(gate, done)) for _ in range(most + 3)]
        # While the gate's clock stands still, whoever is not through by now would have to wait.
        for _ in range(20 * most):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return len(done)

    assert asyncio.run(crowd()) == most, "the others have to wait for the window to pass"
    assert max(under_way) <= limit.concurrent


def test_what_all_tenants_share_is_divided_among_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Microsoft: an application has 150,000 units of the directory in 20 seconds."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 100.0))
    cost, processes = 3_300, 2

    async def spent() -> int:
        shared, done = shared_gates(processes), list[int]()

        async def tenant() -> None:
            async with Gates(shared).passing(Workload.DIRECTORY, cost):
                done.append(cost)

        tasks = [asyncio.create_task(tenant()) for _ in range(60)]
        for _ in range(600):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return sum(done)

    found = asyncio.run(spent())
    assert 120_000 < found * processes < 150_000


def test_limits_leave_a_margin_to_the_published_ones() -> None:
    assert LIMITS[Workload.SECURITY].concurrent <= 4
    assert LIMITS[Workload.SECURITY].units < 150
    assert LIMITS[Workload.DIRECTORY].units < 3_500
    protection, reports = LIMITS[Workload.PROTECTION], LIMITS[Workload.REPORTS]
    assert (protection.units, protection.concurrent) == (1, 1)
    assert protection.seconds > 1
    assert reports.units <= 5
    assert reports.seconds > 10
    assert LIMITS[Workload.CREDENTIALS].units < 150
