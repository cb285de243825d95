"""What a copy holds for people beside data: a report and a Power BI project.

Both are made from the copy alone, so that they cannot show what is not in it.
"""

from collections.abc import Collection
from pathlib import Path


def write_report(folder: Path, *, tenant_id: str, config: Path) -> None:
    """Write `report.html` of the copy in `folder`; `config` names the provider's logo, colours."""


def write_power_bi(folder: Path, *, tenant_name: str, models: Collection[str]) -> None:
    """Write `powerbi/` for the copy in `folder`; `models` are those that can have rows."""
