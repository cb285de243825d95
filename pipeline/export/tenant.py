"""Which tenant a copy is for."""

from dataclasses import dataclass
from difflib import get_close_matches

from pipeline.errors import UsageError
from pipeline.paths import Home
from pipeline.published import open_published

_NEAR = 3


@dataclass(frozen=True)
class ClientTenant:
    """A tenant that is looked after now."""

    tenant_id: str
    tenant_name: str


def find_tenant(home: Home, wanted: str) -> ClientTenant:
    """The tenant by id or by exact name.

    Raises UsageError where no tenant or several are meant, or the one that is has left.
    """
    with open_published(home) as connection:
        known = connection.execute(
            "select tenant_id, tenant_name, is_active from core.dim_tenant order by tenant_id"
        ).fetchall()
    found = [row for row in known if row[0] == wanted.strip().lower()]
    found = found or [row for row in known if row[1] == wanted]
    if len(found) > 1:
        ids = ", ".join(tenant_id for tenant_id, *_ in found)
        raise UsageError(f"--tenant {wanted}: several tenants have this name; give an id: {ids}")
    if not found:
        folded = {name.lower(): name for tenant_id, name, _ in known for name in (tenant_id, name)}
        near = get_close_matches(wanted.lower(), folded, _NEAR, cutoff=0.4)
        shown = ", ".join(_inert(folded[one]) for one in near)
        shown = shown or "none; `posture status` lists them"
        raise UsageError(f"--tenant {wanted}: no such tenant is published; near: {shown}")
    [(tenant_id, tenant_name, is_active)] = found
    if not is_active:
        raise UsageError(
            f"--tenant {wanted}: is not in the configuration of the newest run; put it back into "
            "tenants.yaml and run `posture run` to export it"
        )
    return ClientTenant(tenant_id, tenant_name)


def _inert(name: str) -> str:
    """The name without characters that drive a terminal or turn its text around."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)
