"""What the last snapshot proposes to declare in register.yaml."""

from collections.abc import Mapping, Sequence
from contextlib import closing

from pipeline.errors import PostureError
from pipeline.home import Home
from pipeline.published.reader import open_published

_FOUND = """
select tenant_id, subject, detail
from mart_data_quality
where finding = 'undeclared_emergency_account'
order by tenant_id, subject
"""


def read_proposals(home: Home) -> Mapping[str, Sequence[str]]:
    """By tenant id one line an account that may be an emergency account; none without a snapshot.

    A snapshot that cannot be read is no trouble of a tenant: other commands tell of it.
    """
    import duckdb

    found: dict[str, list[str]] = {}
    try:
        with closing(open_published(home)) as connection:
            rows = connection.execute(_FOUND).fetchall()
    except (PostureError, OSError, duckdb.Error):
        return found
    for tenant_id, principal_id, detail in rows:
        entry = f"{{tenant: {tenant_id}, principal: {principal_id}, role: emergency}}"
        found.setdefault(tenant_id, []).append(
            f"{detail} If it is an emergency account, declare it in register.yaml: {entry}"
        )
    return found
