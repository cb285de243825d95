"""Authentication strengths: the three of Microsoft, and one of the regulated tenants' own."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

from pipeline.sandbox.story.identity import Tenant, derived_uuid


@lru_cache(maxsize=1)
def _built_in() -> tuple[dict[str, Any], ...]:
    raw = files("pipeline.sandbox").joinpath("data/strengths.json").read_bytes()
    return tuple(orjson.loads(raw))


def strengths_by_key(tenant: Tenant, at: str) -> list[tuple[str, dict[str, Any]]]:
    """The strengths of a tenant with the keys of the plan; `at` is the context they stand in."""
    found = []
    for built_in in _built_in():
        record = {name: value for name, value in built_in.items() if name != "key"}
        found.append((built_in["key"], _strength(at, **record)))
    if tenant.segment == "regulated":
        found.append(("payments", _own(tenant, at)))
    return found


def _own(tenant: Tenant, at: str) -> dict[str, Any]:
    keys = {
        "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
        "id": derived_uuid("combination", tenant.seed, tenant.index),
        "appliesToCombinations": ["fido2"],
        "allowedAAGUIDs": [derived_uuid("security key model")],
    }
    return _strength(
        at,
        id=derived_uuid("strength", tenant.seed, tenant.index),
        displayName="Payments: company security keys",
        description=None,
        allowedCombinations=["fido2", "x509CertificateMultiFactor"],
        policyType="custom",
        combinationConfigurations=[keys],
    )


def _strength(at: str, **changes: Any) -> dict[str, Any]:
    identifier = changes["id"]
    return {
        "createdDateTime": "2021-12-01T00:00:00Z",
        "modifiedDateTime": "2021-12-01T00:00:00Z",
        "policyType": "builtIn",
        "requirementsSatisfied": "mfa",
        "combinationConfigurations@odata.context": f"{at}('{identifier}')"
        "/combinationConfigurations",
        "combinationConfigurations": [],
    } | changes
