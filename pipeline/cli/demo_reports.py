"""The reports that the demo leaves to be opened: the portfolio's and one tenant's."""

import re
import unicodedata
from pathlib import Path

from pipeline.cli.context import Context
from pipeline.config.branding import load_branding
from pipeline.published.reader import open_locked
from pipeline.report import write_report

_MAX_NAME = 60
_FIRST = """
select tenant_id, tenant_name from mart_posture_overview
where is_active
order by tenant_name, tenant_id
limit 1
"""


def write_reports(demo: Context) -> dict[str, Path]:
    """Write `report.html` and `report-<name>.html` into the home; each subject with its file."""
    with open_locked(demo.home) as connection:
        tenants = connection.execute(_FIRST).fetchall()
    branding = load_branding(demo.config)
    found = {"the portfolio": demo.home.root / "report.html"}
    write_report(demo.home, found["the portfolio"], branding=branding)
    for tenant_id, name in tenants:
        found[name] = demo.home.root / f"report-{file_name(name) or tenant_id}.html"
        write_report(demo.home, found[name], tenant=tenant_id, branding=branding)
    return found


def file_name(text: str) -> str:
    """The text as a part of a file name: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:_MAX_NAME].strip("-")
