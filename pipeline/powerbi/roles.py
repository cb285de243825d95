"""Row-level security of the provider's own model: who sees which tenant is in table Access."""

from collections.abc import Sequence

from pipeline.powerbi.definition import Table

ROLE = "Own tenants"
ROLE_DESCRIPTION = (
    "People see the tenants that tenants.yaml lists for them under access, and what is said of all "
    "tenants together only where it says all. Who is not listed sees no tenant."
)
_ME = "'Access'[User principal name], LOWER(USERPRINCIPALNAME())"
_LISTED = f"CONTAINS('Access', {_ME}, 'Access'[Tenant id], 'Tenant'[Tenant id])"
_SEES_ALL = f"CONTAINS('Access', {_ME}, 'Access'[Has all tenants], TRUE())"


def permissions(tables: Sequence[Table]) -> list[tuple[str, str]]:
    """Table and row filter; every other table is filtered through Tenant or says nothing of one."""
    rules = [("Tenant", _LISTED)]
    rules += [(table.name, _SEES_ALL) for table in tables if table.needs_all_tenants]
    return rules + [(table.name, "FALSE()") for table in tables if table.is_access]
