"""`access:` of tenants.yaml: who may see which tenants in the Power BI model of them all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.config.register import find_tenant
from pipeline.config.yaml_reader import Place

_ALL = "all"
_ADDRESS = re.compile(r"[^@\s]{1,113}@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class AccessGrant:
    """One person, by the lower-case name they sign in with, and the ids of their tenants.

    `has_all_tenants` says that the file lets them see `all`, and so what is said of all together.
    """

    user_principal_name: str
    tenant_ids: tuple[str, ...]
    has_all_tenants: bool = False


def read_access(place: Place, tenants: Mapping[str, str | None]) -> tuple[AccessGrant, ...]:
    """The people listed here, each with the tenants they may see; `all` is every configured one.

    `tenants` maps each configured tenant id to its name. Raises UsageError with one line
    `file:line: key: problem` for anything unknown, missing, repeated or of the wrong type.
    """
    found: dict[str, tuple[AccessGrant, Place]] = {}
    for one in place.items():
        keys = one.group(("user", "tenants"))
        if "user" not in keys:
            one.fail("user: is missing; every entry needs the name a person signs in with")
        if "tenants" not in keys:
            one.fail("tenants: is missing; list tenant ids or names, or say all")
        user = _user(keys["user"])
        if user in found:
            one.fail(f"user: {user} is listed twice, first at {found[user][1].where}")
        sees_all = keys["tenants"].kind == "text"
        ids = _all_of(keys["tenants"], tenants) if sees_all else _listed(keys["tenants"], tenants)
        found[user] = (AccessGrant(user, ids, sees_all), one)
    return tuple(grant for grant, _ in found.values())


def _user(place: Place) -> str:
    name = place.text().strip()
    if not _ADDRESS.fullmatch(name):
        place.fail("must be a name to sign in with, such as anna@provider.example")
    return name.lower()


def _all_of(place: Place, tenants: Mapping[str, str | None]) -> tuple[str, ...]:
    if place.text().strip() != _ALL:
        place.fail("must be all, or a list of tenant ids or names")
    return tuple(sorted(tenants))


def _listed(place: Place, tenants: Mapping[str, str | None]) -> tuple[str, ...]:
    found: dict[str, Place] = {}
    for one in place.items():
        tenant_id = find_tenant(one, tenants)
        if tenant_id in found:
            one.fail(f"tenant {tenant_id} is listed twice for this user")
        found[tenant_id] = one
    if not found:
        place.fail("is empty; list tenant ids or names, say all, or remove the user")
    return tuple(sorted(found))
