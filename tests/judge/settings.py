"""The settings of a tenant by name, from three objects as Graph gives them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.judge.captures import Life, Record
from tests.judge.values import snake

PREFIXES = {
    "authorization_policy": "authorization",
    "authentication_methods_policy": "authentication_methods",
    "security_defaults": "security_defaults",
}
# What an object is called and when it changed are no settings.
NAMES = ("id", "displayName", "description", "lastModifiedDateTime", "deletedDateTime")
NOTHING = "(none)"
Row = dict[str, Any]


def setting_rows(life: Life, tenant_id: str, day: date) -> Iterator[Row]:
    for feed, prefix in PREFIXES.items():
        for record in life.read_on(tenant_id, feed, day) or ():
            told = {name: value for name, value in record.items() if name not in NAMES}
            for name, value in _leaves(prefix, told):
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
            if "@odata" not in member:
                yield from _leaves(f"{name}_{_word(member)}", inner)
    elif isinstance(value, list | tuple):
        yield from _listed(name, value)
    elif value is not None:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _word(member: str) -> str:
    return snake(member.replace("RolePermissions", "")).replace("-", "_")


def _listed(name: str, values: Any) -> Iterator[tuple[str, str]]:
    """A list of words is one text; of methods each has settings of its own; targets are ids."""
    if any(isinstance(one, Mapping) for one in values):
        if name.endswith("targets"):
            yield name, ", ".join(sorted(_identified(one) for one in values))
            return
        for one in values:
            rest = {member: inner for member, inner in one.items() if member not in NAMES}
            stem = name.rpartition("_authentication_method_configurations")[0] or name
            yield from _leaves(f"{stem}_{_word(one['id'])}", rest)
    elif values:
        yield name, ", ".join(sorted(map(str, values)))
    elif name.endswith("permission_grant_policies_assigned"):
        yield name, NOTHING


def _identified(one: Record) -> str:
    return str(one["id"])
