"""The tenant that somebody means: by id, or by a name that only one has."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from pipeline.errors import UsageError
from pipeline.text import printable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NEAR = 3
_TENANTS = "select tenant_id, tenant_name from core.dim_tenant order by tenant_name, tenant_id"


def choose_tenant(connection: DuckDBPyConnection, wanted: str) -> tuple[str, str]:
    """Id and name of the published tenant. Raises UsageError with the near ones where none is."""
    known = dict(connection.execute(_TENANTS).fetchall())
    folded = wanted.strip().lower()
    if folded in known:
        return folded, known[folded]
    named = [(tenant_id, name) for tenant_id, name in known.items() if name == wanted]
    if len(named) == 1:
        return named[0]
    if named:
        ids = ", ".join(tenant_id for tenant_id, _ in named)
        raise UsageError(f"--tenant {wanted}: several tenants have this name; give an id: {ids}")
    raise unknown_choice("tenant", wanted, [*known, *known.values()], "no such tenant is published")


def unknown_choice(flag: str, wanted: str, known: list[str], problem: str) -> UsageError:
    """The error for a value that is not known, with those that look like it."""
    folded = {one.lower(): one for one in known}
    near = get_close_matches(wanted.lower(), folded, _NEAR, cutoff=0.4)
    shown = ", ".join(map(printable, [folded[one] for one in near] or sorted(known)[:_NEAR]))
    return UsageError(f"--{flag} {wanted}: {problem}; near: {shown or 'none'}")
