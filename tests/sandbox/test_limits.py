"""The limits of the identity workloads, and tokens that Graph takes back."""

import base64
import json
import re
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from azure.identity import ClientSecretCredential

from pipeline.sandbox import Sandbox
from pipeline.sandbox.protocol import tokens
from pipeline.sandbox.server import throttle
from pipeline.sandbox.server.throttle import Throttle
from tests.sandbox import requests_of_feeds as ask
from tests.sandbox import shapes
from tests.sandbox.conftest import GetClient, graph_client, sign_in, trusting

SIGN_INS = f"{ask.USERS}?$select=id,signInActivity"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the limits; it stands still until a test moves it, however slow the machine."""
    clock = [100.0]
    monkeypatch.setattr(throttle, "monotonic", lambda: clock[0])
    return clock


@pytest.fixture
def limited(now: list[float]) -> Iterator[Sandbox]:
    with Sandbox(tenants=2, days=3, shapes=("p2",), latency=0) as sandbox:
        yield sandbox


def throttled(answer: httpx.Response) -> bool:
    if answer.status_code == 429:
        assert answer.json()["error"]["code"] == "TooManyRequests"
    return answer.status_code == 429


@pytest.mark.parametrize(
    "second",
    [ask.POLICIES, ask.BETA_POLICIES, ask.LOCATIONS, ask.RISKY_USERS, ask.DETECTIONS],
)
def test_identity_protection_shares_one_request_a_second(limited: Sandbox, second: str) -> None:
    with (
        graph_client(limited, limited.tenants[0]) as graph,
        graph_client(limited, limited.tenants[1]) as other,
    ):
        assert graph.get(ask.RISKY_USERS).status_code == 200
        refusal = graph.get(second)
        assert throttled(refusal)
        assert "Retry-After" not in refusal.headers
        assert other.get(second).status_code == 200
        assert graph.get(ask.STRENGTHS).status_code == 200


def test_it_recovers_after_a_second(limited: Sandbox, now: list[float]) -> None:
    with graph_client(limited, limited.tenants[0]) as graph:
        assert graph.get(ask.POLICIES).status_code == 200
        assert throttled(graph.get(ask.POLICIES))
        now[0] += 0.5
        assert throttled(graph.get(ask.POLICIES))
        now[0] += 0.5
        assert graph.get(ask.POLICIES).status_code == 200


def test_reports_share_five_requests_in_ten_seconds(limited: Sandbox) -> None:
    with graph_client(limited, limited.tenants[0]) as graph:
        paths = [ask.REGISTRATION, SIGN_INS] * 2 + [ask.REGISTRATION]
        assert [graph.get(path).status_code for path in paths] == [200] * 5
        for path in (ask.REGISTRATION, SIGN_INS):
            refusal = graph.get(path)
            assert throttled(refusal)
            assert "Retry-After" not in refusal.headers
        assert graph.get(f"{ask.USERS}?$select=id").status_code == 200


def test_windows_slide(now: list[float]) -> None:
    from pipeline.sandbox.protocol.wire import GraphError

    limits = Throttle()
    for step in range(5):
        now[0] = 100.0 + step
        limits.reports("t")
    for moment, good in ((109.5, False), (110.0, True), (110.5, False), (111.0, True)):
        now[0] = moment
        if good:
            limits.reports("t")
        else:
            with pytest.raises(GraphError):
                limits.reports("t")


def test_no_limits_without_throttling(sandbox: Sandbox, client: GetClient) -> None:
    graph = client(sandbox.tenants[2])
    for path in (ask.POLICIES, ask.RISKY_USERS, ask.REGISTRATION, SIGN_INS):
        assert {graph.get(path).status_code for _ in range(7)} == {200}


@pytest.mark.parametrize(
    ("path", "units"),
    [
        (ask.USERS, 2),
        (f"{ask.USERS}?$select=id", 1),
        (f"{ask.USERS}?$top=5", 1),
        (ask.GROUPS, 1),
        ("{group}/members", 3),
        ("{group}/members?$select=id&$top=999", 2),
        ("{group}/transitiveMembers", 5),
        ("{group}/transitiveMembers?$select=id&$top=10", 3),
        (ask.SERVICE_PRINCIPALS, 1),
        (ask.APPLICATIONS, 2),
        (f"{ask.ASSIGNMENTS}?$expand=principal", 2),
        ("/v1.0/subscribedSkus", 3),
    ],
)
def test_resource_units(sandbox: Sandbox, client: GetClient, path: str, units: int) -> None:
    graph = client(sandbox.tenants[2])
    group = graph.get(ask.GROUPS).json()["value"][0]["id"]
    answer = graph.get(path.format(group=f"{ask.GROUPS}/{group}"))
    assert answer.status_code == 200
    assert answer.headers["x-ms-resource-unit"] == str(units)


def challenge_of(answer: httpx.Response) -> str:
    """The claims that a 401 asks for, as JSON text."""
    header = answer.headers["WWW-Authenticate"]
    assert header.startswith("Bearer ")
    assert 'error="insufficient_claims"' in header
    found = re.search(r'claims="([A-Za-z0-9+/=]+)"', header)
    assert found
    return base64.b64decode(found[1]).decode()


def get(sandbox: Sandbox, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{sandbox.url}{ask.USERS}", headers=headers, verify=trusting(sandbox))


def test_a_challenge_is_answered_by_its_claims() -> None:
    with Sandbox(tenants=2, days=3) as sandbox:
        tenant, other = sandbox.tenants
        old, foreign = (sign_in(sandbox, each).json()["access_token"] for each in (tenant, other))
        sandbox.challenge(tenant.tenant_id.upper())
        refusal = get(sandbox, old)
        assert refusal.status_code == 401
        assert refusal.json()["error"]["code"] == "InvalidAuthenticationToken"
        assert get(sandbox, foreign).status_code == 200
        claims = challenge_of(refusal)
        assert set(json.loads(claims)["access_token"]) == {"nbf"}
        without = sign_in(sandbox, tenant).json()["access_token"]
        assert get(sandbox, without).status_code == 401
        answered = sign_in(sandbox, tenant, claims=claims).json()["access_token"]
        assert get(sandbox, answered).status_code == 200
        sandbox.challenge(tenant.tenant_id)
        again = get(sandbox, answered)
        assert again.status_code == 401
        assert challenge_of(again) != claims


@pytest.mark.parametrize("enable_cae", [False, True])
def test_azure_identity_passes_the_claims_on(enable_cae: bool) -> None:
    with Sandbox(tenants=1, days=3) as sandbox:
        tenant = sandbox.tenants[0]
        credential = ClientSecretCredential(
            tenant.tenant_id,
            tenant.client_id,
            tenant.client_secret,
            authority=sandbox.url,
            disable_instance_discovery=True,
            connection_verify=str(sandbox.ca_bundle),
        )
        options: dict[str, Any] = {"enable_cae": enable_cae}
        scope = f"{sandbox.url}/.default"
        first = credential.get_token(scope, **options).token
        assert get(sandbox, first).status_code == 200
        sandbox.challenge(tenant.tenant_id)
        claims = challenge_of(get(sandbox, first))
        second = credential.get_token(scope, claims=claims, **options).token
        assert get(sandbox, second).status_code == 200


def test_tokens_live_as_long_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [time.time()]
    monkeypatch.setattr(tokens, "time", SimpleNamespace(time=lambda: clock[0]))
    with Sandbox(tenants=1, days=3, token_lifetime=1) as sandbox:
        answer = sign_in(sandbox, sandbox.tenants[0]).json()
        assert (answer["expires_in"], answer["ext_expires_in"]) == (1, 1)
        assert get(sandbox, answer["access_token"]).status_code == 200
        clock[0] += 1.1
        refusal = get(sandbox, answer["access_token"])
        message = "Lifetime validation failed, the token is expired."
        assert (refusal.status_code, refusal.json()["error"]["message"]) == (401, message)
        assert shapes.problems(refusal.json(), shapes.ERROR) == []


def test_a_fault_on_every_third_request(sandbox: Sandbox, client: GetClient) -> None:
    graph = client(sandbox.tenants[2])
    sandbox.faults.add(path="riskyUsers", status=429, every=3, times=2)
    seen = [graph.get(ask.RISKY_USERS).status_code for _ in range(9)]
    assert seen == [200, 200, 429, 200, 200, 429, 200, 200, 200]
