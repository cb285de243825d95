"""What a copy holds for people beside data: a report and a Power BI project.

Both are made from the copy alone, so that they cannot show what is not in it.
"""

from collections.abc import Collection
from pathlib import Path

from pipeline.config.branding import Branding, load_branding

# Nobody knows where a client will put the folder: the parameter of the project is set there.
DATA_FOLDER = r"C:\posture"


def branding_of(config: Path) -> Branding:
    """The provider's name, logo and colours; none where there is no configuration."""
    return load_branding(config) if config.exists() else Branding()


def write_report(folder: Path, *, tenant_id: str, branding: Branding) -> None:
    """Write `report.html` of the copy in `folder`."""
    from pipeline.published.reader import open_locked
    from pipeline.report import render_report

    with open_locked(folder) as connection:
        text = render_report(
            connection, tenant_id=tenant_id, branding=branding, is_client_copy=True
        )
    (folder / "report.html").write_text(text, encoding="utf-8")


def write_power_bi(folder: Path, *, tenant_name: str, models: Collection[str]) -> None:
    """Write `powerbi/` for the copy in `folder`; `models` are those that can have rows."""
    from pipeline.powerbi import write_client_project

    write_client_project(
        folder / "powerbi", data_folder=DATA_FOLDER, display_name=tenant_name, models=models
    )
