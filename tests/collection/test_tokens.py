"""Signing in during long runs: once a token's life, once a challenge, never once a request."""

import base64
from typing import Any

import orjson
import pytest

from .conftest import Lab, NewLab, Wall


def sign_ins(lab: Lab) -> int:
    return sum(one.path.endswith("/token") for one in lab.sandbox.requests)


def during(lab: Lab, path: str, act: Any, *, at: tuple[int, ...] = (1,)) -> None:
    """Do something while the so-manyth page of a path is on its way."""
    count = iter(range(1, 10**6))

    def edit(page: dict[str, Any]) -> dict[str, Any]:
        if next(count) in at:
            act()
        return page

    lab.sandbox.edits.add(path=path, function=edit)


def test_a_long_run_signs_in_once_a_lifetime(
    new_lab: NewLab, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sandbox.server.graph.page_size", lambda *_, **__: 6)
    lifetime, step = 3_500, 50.0
    options = {"token_lifetime": lifetime}
    with new_lab(tenants=1, shapes=["regulated"], users=200, **options) as lab:
        # Every page takes a while; the six that may be under way end within the margin of 300 s.
        lab.sandbox.edits.add(function=lambda page: (wall.advance(step), page)[1])
        log = lab.collect().log
        assert not lab.surprises(log)
        assert sum(row.retries for row in log) == 0, "a token is renewed before it ends"
    assert wall.passed > 2 * lifetime, "several lifetimes long"
    shortest = lifetime - 300 - 6 * step
    assert wall.passed / lifetime < sign_ins(lab) <= 1 + wall.passed / shortest


def test_tokens_that_expire_in_the_middle_are_renewed_once(new_lab: NewLab) -> None:
    with new_lab(tenants=1, shapes=["regulated"], latency=0.02) as lab:
        during(lab, "v1.0/roleManagement/directory/roleDefinitions", lab.sandbox.expire_tokens)
        log = lab.collect().log
        assert not lab.surprises(log)
        assert sign_ins(lab) == 2, "requests that were refused together share the new token"
        assert len(lab.graph_calls()) == sum(row.requests for row in log)
        refused = [one for one in lab.graph_calls() if one.status == 401]
        assert 0 < len(refused) == sum(row.retries for row in log)


def test_a_challenge_in_the_middle_is_one_more_sign_in_with_its_claims(new_lab: NewLab) -> None:
    with new_lab(tenants=2, shapes=["regulated"], latency=0.02) as lab:
        tenant = lab.ids[0]
        during(lab, "authorizationPolicy", lambda: lab.sandbox.challenge(tenant))
        log = lab.collect().log
        assert not lab.surprises(log)
        mine = [one for one in lab.sandbox.requests if one.path.startswith(f"/{tenant}")]
        assert sum(one.path.endswith("/token") for one in mine) == 2
        assert sign_ins(lab) == 3, "the other tenant is not asked again"
        assert len(lab.graph_calls()) == sum(row.requests for row in log)
        refused = [one for one in lab.graph_calls() if one.status == 401]
        assert {one.tenant_id for one in refused} <= {None, tenant}
        assert 0 < len(refused) == sum(row.retries for row in log)


def test_a_second_challenge_is_answered_too(new_lab: NewLab) -> None:
    with new_lab(tenants=1, shapes=["mid_size"]) as lab:
        tenant = lab.ids[0]
        during(lab, "organization?", lambda: lab.sandbox.challenge(tenant))
        during(lab, "v1.0/users?", lambda: lab.sandbox.challenge(tenant))
        log = lab.collect().log
        assert not lab.surprises(log)
        assert sign_ins(lab) == 3


def test_a_challenge_that_no_sign_in_satisfies_ends_the_feed(lab: Lab) -> None:
    claims = orjson.dumps({"access_token": {"nbf": {"essential": True, "value": "1"}}})
    encoded = base64.b64encode(claims).decode()
    header = f'Bearer realm="", error="insufficient_claims", claims="{encoded}"'
    lab.sandbox.faults.add(path="subscribedSkus", status=401, headers={"WWW-Authenticate": header})
    log = {row.feed: row for row in lab.collect(tenants=[lab.ids[0]]).log}
    row = log.pop("subscribed_skus")
    assert (row.outcome, row.error_code, row.requests) == ("auth_failed", "claims_challenge", 3)
    assert "sign-in" in (row.note or "")
    assert not lab.surprises(log.values())


@pytest.mark.parametrize("claims", ["", "%%%", base64.b64encode(b"no JSON").decode()])
def test_a_challenge_that_makes_no_sense_is_survived(lab: Lab, claims: str) -> None:
    header = f'Bearer realm="", error="insufficient_claims", claims="{claims}"'
    lab.sandbox.faults.add(
        path="subscribedSkus", status=401, times=1, headers={"WWW-Authenticate": header}
    )
    log = {row.feed: row for row in lab.collect(tenants=[lab.ids[0]]).log}
    assert log.pop("subscribed_skus").outcome in ("ok", "auth_failed", "bad_response")
    assert not lab.surprises(log.values())
