"""The report as PBIR: pages, visuals and the theme, from pages.yaml."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from pipeline.powerbi.definition import pages
from pipeline.powerbi.fields import Json, Known
from pipeline.powerbi.visuals import visual_document

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"
THEME = "Posture.json"
_AS_OF = {
    "name": "asof",
    "type": "card",
    "at": [956, 16, 300, 56],
    "title": "Snapshot",
    "size": 10,
}
_TENANT = {"name": "tenant", "type": "slicer", "at": [660, 16, 284, 56], "title": "Tenant"}
_TITLE_AT = [24, 16, 620, 56]


def report_files(known: Known, *, is_client: bool) -> dict[str, str]:
    """Every file below `Posture.Report/`, by its path there.

    Visuals of which a field is not known are left out, and pages of which nothing is left.
    """
    chosen = list(_pages(known, is_client=is_client))
    found = {
        "definition/version.json": document("versionMetadata/1.0.0", {"version": "2.0.0"}),
        "definition/report.json": document("report/3.0.0", _report()),
        "definition/pages/pages.json": document(
            "pagesMetadata/1.0.0",
            {
                "pageOrder": [page["name"] for page, _ in chosen],
                "activePageName": chosen[0][0]["name"],
            },
        ),
        f"StaticResources/RegisteredResources/{THEME}": files("pipeline.powerbi")
        .joinpath("theme.json")
        .read_text(encoding="utf-8"),
    }
    for page, visuals in chosen:
        folder = f"definition/pages/{page['name']}"
        found[f"{folder}/page.json"] = document("page/2.0.0", _page(page))
        for number, visual in enumerate(visuals):
            found[f"{folder}/visuals/{visual['name']}/visual.json"] = document(
                "visualContainer/2.4.0", visual_document(visual, number)
            )
    return found


def document(schema: str, content: Mapping[str, Any], *, base: str = SCHEMAS) -> str:
    """A JSON file that names its schema."""
    listed = {"$schema": f"{base}/{schema}/schema.json", **content}
    return json.dumps(listed, indent=2, ensure_ascii=False) + "\n"


def _pages(known: Known, *, is_client: bool) -> Iterator[tuple[Mapping[str, Any], list[Json]]]:
    for page in pages():
        if is_client and page.get("provider_only"):
            continue
        listed = [_kept(one, known) for one in page["visuals"]]
        visuals = [one for one in listed if one is not None]
        if visuals:
            yield page, [*_header(page), *visuals]


def _kept(visual: Json, known: Known) -> Json | None:
    """The visual with the fields there are; None where a role of it or a filter has none."""
    fields = {
        role: [text for text in listed if known.has(text)]
        for role, listed in visual["fields"].items()
    }
    needed = [*visual.get("only", {}), *visual.get("sort", {})]
    if not all(fields.values()) or not all(known.has(text) for text in needed):
        return None
    return {**visual, "fields": fields}


def _header(page: Mapping[str, Any]) -> Iterator[Json]:
    """What every page begins with: its question, whose data, and as of when."""
    yield {"name": "title", "type": "textbox", "at": _TITLE_AT, "text": page}
    yield {**_TENANT, "fields": {"Values": ["Tenant[Tenant]"]}, "sync": "tenant"}
    yield {**_AS_OF, "fields": {"Values": ["[Data as of]"]}}


def _report() -> Json:
    version = {"visual": "2.4.0", "report": "3.0.0", "page": "2.0.0"}
    theme = {"name": THEME, "reportVersionAtImport": version, "type": "RegisteredResources"}
    return {
        "themeCollection": {"customTheme": theme},
        "resourcePackages": [
            {
                "name": "RegisteredResources",
                "type": "RegisteredResources",
                "items": [{"name": THEME, "path": THEME, "type": "CustomTheme"}],
            }
        ],
        "settings": {
            "useStylableVisualContainerHeader": True,
            "exportDataMode": "AllowSummarized",
        },
    }


def _page(page: Mapping[str, Any]) -> Json:
    return {
        "name": page["name"],
        "displayName": page["title"],
        "displayOption": "FitToPage",
        "height": 720,
        "width": 1280,
    }
