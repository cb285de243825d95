"""register.yaml beside tenants.yaml: who owns an action or an exception, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from pipeline.config.credential import GUID
from pipeline.config.yaml_reader import Place, read_yaml

FILE_NAME = "register.yaml"
_SAID = ("owner", "ticket", "reason", "review_by")
_NEAR = 3


@dataclass(frozen=True)
class RegisterEntry:
    """What the register says of one control of one tenant; `control_id` is as written."""

    tenant_id: str
    control_id: str
    owner: str | None = None
    ticket: str | None = None
    reason: str | None = None
    review_by: date | None = None


def read_register(config: Path, tenants: Mapping[str, str | None]) -> tuple[RegisterEntry, ...]:
    """The entries of the register beside `config`; none where there is no such file.

    `tenants` maps each configured tenant id to its name. Raises UsageError with one line
    `file:line: key: problem` for anything unknown, missing, repeated or of the wrong type.
    """
    path = config.parent / FILE_NAME
    if not path.exists():
        return ()
    root = read_yaml(path, if_empty="list its entries or remove it")
    keys = root.group(("entries",))
    if "entries" not in keys:
        root.fail("entries: is missing; list the controls that have an owner")
    found: dict[tuple[str, str], tuple[RegisterEntry, Place]] = {}
    for place in keys["entries"].items():
        entry = _entry(place, tenants)
        key = (entry.tenant_id, entry.control_id.lower())
        if key in found:
            first = found[key][1].where
            place.fail(
                f"control {entry.control_id} of this tenant is listed twice, first at {first}"
            )
        found[key] = (entry, place)
    return tuple(entry for entry, _ in found.values())


def _entry(place: Place, tenants: Mapping[str, str | None]) -> RegisterEntry:
    keys = place.group(("tenant", "control", *_SAID))
    for name, meaning in (("tenant", "a tenant id or name"), ("control", "a control id")):
        if name not in keys:
            place.fail(f"{name}: is missing; every entry needs {meaning}")
    if not any(name in keys for name in _SAID):
        place.fail(f"says nothing; give at least one of {', '.join(_SAID)}")
    texts = {name: keys[name].text().strip() for name in _SAID[:-1] if name in keys}
    return RegisterEntry(
        tenant_id=find_tenant(keys["tenant"], tenants),
        control_id=keys["control"].text().strip(),
        review_by=keys["review_by"].day() if "review_by" in keys else None,
        **texts,
    )


def find_tenant(place: Place, tenants: Mapping[str, str | None]) -> str:
    """The id of the configured tenant that the place names by id or name. Raises UsageError."""
    wanted = place.text().strip()
    if GUID.fullmatch(wanted) and wanted.lower() in tenants:
        return wanted.lower()
    named = [tenant_id for tenant_id, name in tenants.items() if name == wanted]
    if len(named) == 1:
        return named[0]
    if named:
        place.fail(f"{len(named)} tenants are named {wanted!r}; give the id instead")
    return place.fail(f"no tenant {wanted!r} in the configuration; {_hint(wanted, tenants)}")


def _hint(wanted: str, tenants: Mapping[str, str | None]) -> str:
    known = [*(name for name in tenants.values() if name), *tenants]
    near = get_close_matches(wanted, known, _NEAR, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else "give its id, or its name as it is there"
