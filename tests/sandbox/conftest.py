"""One sandbox a test module, and a client that is signed in."""

import ssl
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.sandbox import Sandbox, Tenant
from tests.sandbox import shapes

TODAY = date(2026, 6, 30)
FIRST = TODAY - timedelta(days=89)
DAYS = [FIRST + timedelta(days=number) for number in range(0, 90, 8)]
GetClient = Callable[[Tenant], httpx.Client]


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox(tenants=6, days=90, seed=7, today=TODAY, throttling=False) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Iterator[Sandbox]:
    """The module's sandbox without the faults, edits and clock of the test before."""
    shared.requests.clear()
    yield shared
    shared.faults.clear()
    shared.edits.clear()
    shared.set_today(TODAY)


def trusting(sandbox: Sandbox) -> ssl.SSLContext:
    return _context(sandbox.ca_bundle)


@cache
def _context(ca_bundle: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_bundle))


def sign_in(sandbox: Sandbox, tenant: Tenant, **form: str) -> httpx.Response:
    fields = {
        "grant_type": "client_credentials",
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
        "scope": f"{sandbox.url}/.default",
    }
    url = f"{sandbox.url}/{tenant.tenant_id}/oauth2/v2.0/token"
    return httpx.post(url, data=fields | form, verify=trusting(sandbox))


def graph_client(sandbox: Sandbox, tenant: Tenant) -> httpx.Client:
    token = sign_in(sandbox, tenant).json()["access_token"]
    return httpx.Client(
        base_url=sandbox.url,
        verify=trusting(sandbox),
        headers={"Authorization": f"Bearer {token}"},
    )


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[GetClient]:
    clients: list[httpx.Client] = []

    def get(tenant: Tenant) -> httpx.Client:
        clients.append(graph_client(sandbox, tenant))
        return clients[-1]

    yield get
    for each in clients:
        each.close()


def pages(client: httpx.Client, path: str) -> Iterator[dict[str, Any]]:
    """Every page of a collection, following the links as they are."""
    url: str | None = path
    while url:
        response = client.get(url)
        assert response.status_code == 200, response.text
        page = response.json()
        yield page
        url = page.get("@odata.nextLink")


def records(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    return [record for page in pages(client, path) for record in page["value"]]


def over_time(sandbox: Sandbox, days: list[date] = DAYS) -> Iterator[date]:
    """Each day in turn, with the clock set to it."""
    for day in days:
        sandbox.set_today(day)
        yield day


def refused(answer: httpx.Response, status: int, code: str, message: str | None = None) -> None:
    """Assert an error of Graph's shape, for that reason and, where given, in those words."""
    assert shapes.problems(answer.json(), shapes.ERROR) == []
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert message in (None, error["message"])
    assert error["innerError"]["request-id"] == answer.headers["request-id"]
