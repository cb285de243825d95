"""Which tenants and feeds a command was asked for."""

from collections.abc import Collection

from pipeline.config.settings import Settings
from pipeline.errors import UsageError
from pipeline.graph.feeds import FEEDS

NAMED = 10


def checked_tenants(settings: Settings, asked: Collection[str]) -> list[str]:
    """The tenant ids asked for, as configured. UsageError names the known ones."""
    known = {
        tenant.tenant_id: f"{tenant.tenant_id} ({tenant.name})" if tenant.name else tenant.tenant_id
        for tenant in settings.tenants
    }
    wanted = [tenant_id.lower() for tenant_id in asked]
    for tenant_id in wanted:
        if tenant_id not in known:
            _refuse("tenant", tenant_id, list(known.values()), where=f" in {settings.path}")
    return wanted


def checked_feeds(asked: Collection[str]) -> list[str]:
    """The feeds asked for. UsageError names the known ones."""
    for feed in asked:
        if feed not in FEEDS:
            _refuse("feed", feed, list(FEEDS), where="")
    return list(asked)


def _refuse(kind: str, name: str, known: list[str], *, where: str) -> None:
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    raise UsageError(
        f"--{kind} {name}: no such {kind}{where}; known: {', '.join(known[:NAMED])}{more}"
    )
