"""Writes a report of the published snapshot to a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.config.branding import Branding
from pipeline.errors import PostureError
from pipeline.files import whole_file
from pipeline.home import Home
from pipeline.published.reader import open_locked
from pipeline.published.tenants import choose_tenant
from pipeline.report.render import render_report


@dataclass(frozen=True)
class Written:
    """A report that was written; `tenant_name` is None for the portfolio's."""

    path: Path
    bytes: int
    tenant_name: str | None


def write_report(
    home: Home,
    output: Path,
    *,
    tenant: str | None = None,
    branding: Branding | None = None,
    since: date | None = None,
) -> Written:
    """Render the current snapshot's report to `output`, which appears only when it is whole.

    `tenant` is an id or a name; without it the portfolio's report is written. Raises UsageError
    with the near ones for a tenant that is not there, PostureError where nothing is published or
    the file cannot be written.
    """
    tenant_id, tenant_name = None, None
    with open_locked(home) as connection:
        if tenant is not None:
            tenant_id, tenant_name = choose_tenant(connection, tenant)
        text = render_report(
            connection, tenant_id=tenant_id, branding=branding or Branding(), since=since
        )
    content = text.encode()
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(output) as path:
            path.write_bytes(content)
    except OSError as error:
        raise PostureError(
            f"{output}: cannot be written ({error.strerror}); name another file with -o"
        ) from error
    return Written(output, len(content), tenant_name)
