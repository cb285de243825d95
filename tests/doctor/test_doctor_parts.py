"""What the doctor makes of tokens and licences, and that it can explain every feed."""

import jwt
import pytest

from pipeline.doctor.claims import Claims, read_claims
from pipeline.doctor.licences import (
    Tier,
    includes,
    tier_of_organization,
    tier_of_scores,
    tier_of_skus,
)
from pipeline.doctor.permissions import accepted
from pipeline.doctor.uses import missing_in, models, use
from pipeline.graph.feed import Licence
from pipeline.graph.feeds import FEEDS

P1, P2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "EEC0EB4F-6444-4F95-ABA0-50C24D67F998"


def token(**claims: object) -> str:
    return jwt.encode(claims, "any key will do: it is not verified")


def test_application_and_delegated_permissions_are_read() -> None:
    assert read_claims(token(roles=["User.Read.All"], appid="a")) == Claims(
        frozenset({"User.Read.All"}), "a"
    )
    assert read_claims(token(scp="openid User.Read.All", azp="b")) == Claims(
        frozenset({"openid", "User.Read.All"}), "b"
    )
    assert read_claims(token(tid="x")).permissions == frozenset()


@pytest.mark.parametrize("opaque", ["", "not a token", "a.b.c"])
def test_a_token_that_is_none_says_nothing(opaque: str) -> None:
    assert read_claims(opaque) == Claims()
    assert Claims().grants(accepted(FEEDS["groups"])) is None


def test_permissions_that_include_the_least_one_count() -> None:
    claims = Claims(frozenset({"Directory.Read.All"}))
    assert claims.grants(accepted(FEEDS["groups"])) is True
    assert claims.grants(accepted(FEEDS["risky_users"])) is False
    assert claims.grants(frozenset({"AuditLog.Read.All"})) is False


def sku(plan: str, *, subscription: str = "Enabled", state: str = "Success") -> dict[str, object]:
    plans = [{"servicePlanId": plan, "provisioningStatus": state}]
    return {"capabilityStatus": subscription, "servicePlans": plans}


@pytest.mark.parametrize(
    ("skus", "tier"),
    [
        ([], "free"),
        ([sku(P1)], "p1"),
        ([sku(P2)], "p2"),
        ([sku(P1), sku(P2, subscription="Warning")], "p2"),
        ([sku(P1), sku(P2, subscription="Suspended")], "p1"),
        ([sku(P1, state="Disabled")], "free"),
        ([{"capabilityStatus": "Enabled"}], "free"),
    ],
)
def test_the_tier_of_subscriptions(skus: list[dict[str, object]], tier: str) -> None:
    assert tier_of_skus(skus) == tier


def test_the_tier_of_the_other_witnesses() -> None:
    plans = [{"servicePlanId": P1, "capabilityStatus": "Enabled"}]
    assert tier_of_organization([{"assignedPlans": plans}]) is Tier.P1
    assert tier_of_organization([{"assignedPlans": []}]) is None
    assert tier_of_scores([{"enabledServices": ["HasAADP1", "HasAADP2"]}]) is Tier.P2
    assert tier_of_scores([{"enabledServices": ["HasExchange"]}]) is None
    assert tier_of_scores([]) is None


def test_p2_includes_p1() -> None:
    assert includes(Tier.P2, Licence.P1) is True
    assert includes(Tier.P1, Licence.P2) is False
    assert includes(Tier.FREE, None) is True
    assert includes(None, Licence.P1) is None


@pytest.mark.parametrize("name", FEEDS)
def test_every_feed_is_explained(name: str) -> None:
    assert use(name).models
    assert "fct_identity_posture_daily" in missing_in(name)
    assert models([name, name]) == list(use(name).models)
