"""Which Conditional Access policies are planned, and what a policy says where nothing is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import orjson

USERS: dict[str, Any] = {
    **{
        f"{way}{what}": []
        for what in ("Users", "Groups", "Roles")
        for way in ("include", "exclude")
    },
    "includeGuestsOrExternalUsers": None,
    "excludeGuestsOrExternalUsers": None,
}
APPLICATIONS: dict[str, Any] = {
    "includeApplications": ["All"],
    "excludeApplications": [],
    "includeUserActions": [],
    "includeAuthenticationContextClassReferences": [],
    "applicationFilter": None,
}
CONDITIONS: dict[str, Any] = {
    "userRiskLevels": [],
    "signInRiskLevels": [],
    "servicePrincipalRiskLevels": [],
    "insiderRiskLevels": None,
    "platforms": None,
    "locations": None,
    "devices": None,
    "clientApplications": None,
    "authenticationFlows": None,
}
BETA_CONDITIONS: dict[str, Any] = {"deviceStates": None, "times": None, "agentIdRiskLevels": None}
GRANT: dict[str, Any] = {
    "operator": "OR",
    "builtInControls": [],
    "customAuthenticationFactors": [],
    "termsOfUse": [],
}
SESSION: dict[str, Any] = {
    "disableResilienceDefaults": None,
    "applicationEnforcedRestrictions": None,
    "cloudAppSecurity": None,
    "persistentBrowser": None,
    "secureSignInSession": None,
    "signInFrequency": None,
}


@dataclass(frozen=True)
class Planned:
    """A policy as data/policies.json plans it: what differs from the defaults, and its states.

    `states` are (day of the story, state), oldest first; a negative `created` was before it.
    `lifelike` has what is other in a sandbox that is to be as in life.
    """

    key: str
    name: str
    shapes: tuple[str, ...]
    states: tuple[tuple[int, str], ...]
    users: Mapping[str, Any]
    created: int = -500
    grant: Mapping[str, Any] | None = None
    apps: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    client_app_types: Sequence[str] = ("all",)
    session: Mapping[str, Any] | None = None
    template: str | None = None
    description: str | None = None
    beta_only: bool = False
    lifelike: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def planned_policies() -> tuple[Planned, ...]:
    """All of them, of every shape of tenant."""
    raw = orjson.loads(files("pipeline.sandbox").joinpath("data/policies.json").read_bytes())
    return tuple(Planned(**entry) for entry in raw)
