"""One visual of a page as PBIR has it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.powerbi.fields import Field, Json, literal, only_filter, text_literal


def visual_document(visual: Json, number: int) -> Json:
    """The visual in its place; `number` is its place in the order of tabs and of depth."""
    x, y, width, height = visual["at"]
    place = {"x": x, "y": y, "z": number, "width": width, "height": height, "tabOrder": number}
    found: Json = {"name": visual["name"], "position": place}
    if "text" in visual:
        return found | {"visual": _textbox(visual["text"])}
    shown: Json = {
        "visualType": visual["type"],
        "query": {"queryState": _query_state(visual["fields"]), **_sort(visual)},
    }
    if visual["type"] == "slicer":
        shown["objects"] = _slicer(is_single=visual.get("single", False))
    if visual["type"] == "card":
        shown["objects"] = _card(visual.get("size", 20))
    alt = visual.get("alt") or f"{visual['title']}."
    shown["visualContainerObjects"] = {
        "title": [
            {
                "properties": {
                    "show": literal("true"),
                    "text": literal(text_literal(visual["title"])),
                }
            }
        ],
        "general": [{"properties": {"altText": literal(text_literal(alt))}}],
    }
    if "sync" in visual:
        group = {"groupName": visual["sync"], "fieldChanges": True, "filterChanges": True}
        shown["syncGroup"] = group
    shown["drillFilterOtherVisuals"] = True
    found["visual"] = shown
    if "only" in visual:
        filters = [
            only_filter(text, values, visual["name"]) for text, values in visual["only"].items()
        ]
        found["filterConfig"] = {"filters": filters}
    return found


def _query_state(fields: Mapping[str, Sequence[str]]) -> Json:
    return {
        role: {"projections": [Field.parse(text).projection() for text in listed]}
        for role, listed in fields.items()
    }


def _sort(visual: Json) -> Json:
    listed = [
        {"field": Field.parse(text).expression(), "direction": direction}
        for text, direction in visual.get("sort", {}).items()
    ]
    return {"sortDefinition": {"sort": listed, "isDefaultSort": False}} if listed else {}


def _slicer(*, is_single: bool) -> Json:
    chosen = "true" if is_single else "false"
    return {
        "data": [{"properties": {"mode": literal("'Dropdown'")}}],
        "header": [{"properties": {"show": literal("false")}}],
        "selection": [{"properties": {"singleSelect": literal(chosen)}}],
    }


def _card(size: int) -> Json:
    """The number itself and nothing below it: not in thousands, the title says what it is."""
    shown = {"labelDisplayUnits": literal("1D"), "fontSize": literal(f"{size}D")}
    return {
        "labels": [{"properties": shown}],
        "categoryLabels": [{"properties": {"show": literal("false")}}],
    }


def _textbox(page: Mapping[str, Any]) -> Json:
    def run(value: str, size: str, weight: str) -> Json:
        style = {"fontSize": size, "fontWeight": weight}
        return {"textRuns": [{"value": value, "textStyle": style}]}

    paragraphs = [run(page["title"], "18pt", "bold"), run(page["question"], "11pt", "normal")]
    return {
        "visualType": "textbox",
        "objects": {"general": [{"properties": {"paragraphs": paragraphs}}]},
        "visualContainerObjects": {
            "general": [{"properties": {"altText": literal(text_literal(page["question"]))}}]
        },
    }
