"""Which tenant a copy is for."""

from dataclasses import dataclass

from pipeline.errors import UsageError
from pipeline.home import Home
from pipeline.published.reader import open_locked
from pipeline.published.tenants import choose_tenant


@dataclass(frozen=True)
class ClientTenant:
    """A tenant that is looked after now."""

    tenant_id: str
    tenant_name: str


def find_tenant(home: Home, wanted: str) -> ClientTenant:
    """The tenant by id or by exact name.

    Raises UsageError where no tenant or several are meant, or the one that is has left.
    """
    with open_locked(home) as connection:
        tenant_id, tenant_name = choose_tenant(connection, wanted)
        active = connection.execute(
            "select is_active from core.dim_tenant where tenant_id = ?", [tenant_id]
        ).fetchone()
    if active != (True,):
        raise UsageError(
            f"--tenant {wanted}: is not in the configuration of the newest run; put it back into "
            "tenants.yaml and run `posture run` to export it"
        )
    return ClientTenant(tenant_id, tenant_name)
