"""The settings of a tenant by name, from three objects as Graph gives them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tests.oracle.captures import Life
from tests.oracle.values import snake

PREFIXES = {
    "authorization_policy": "authorization",
    "authentication_methods_policy": "authentication_methods",
    "security_defaults": "security_defaults",
}
# What an object is called and when it changed are no settings.
NAMES = ("id", "displayName", "description", "lastModifiedDateTime", "deletedDateTime")
NOTHING = "(none)"
METHODS = "_authentication_method_configurations"
CAMPAIGN = "authenticationMethodsRegistrationCampaign"
Row = dict[str, Any]


def setting_rows(life: Life, tenant_id: str, day: date) -> Iterator[Row]:
    for feed, prefix in PREFIXES.items():
        for record in life.read_on(tenant_id, feed, day) or ():
            reported = {name: value for name, value in record.items() if name not in NAMES}
            for name, value in _leaves(prefix, reported):
                yield {
                    "tenant_id": tenant_id,
                    "snapshot_date": day,
                    "setting": name,
                    "value": value,
                    "source": feed,
                }


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for member, inner in value.items():
            if member == "registrationEnforcement":
                yield from _leaves(name, {"registrationCampaign": inner.get(CAMPAIGN)})
            elif "@odata" not in member:
                yield from _leaves(f"{name}_{_word(member)}", inner)
    elif isinstance(value, list | tuple):
        yield from _listed(name, value)
    elif value is not None:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _word(member: str) -> str:
    return snake(member.removesuffix("RolePermissions")).replace("-", "_")


def _listed(name: str, values: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """A list of words is one text, of targets their ids; each method has settings of its own."""
    if not any(isinstance(one, Mapping) for one in values):
        if values:
            yield name, ", ".join(sorted(map(str, values)))
        elif name.endswith("permission_grant_policies_assigned"):
            yield name, NOTHING
    elif name.endswith("targets"):
        yield name, ", ".join(sorted(str(one["id"]) for one in values))
    else:
        for place, one in enumerate(values):
            reported = {member: value for member, value in one.items() if member != "id"}
            called = str(one.get("id", place))
            yield from _leaves(f"{name.removesuffix(METHODS)}_{_word(called)}", reported)
