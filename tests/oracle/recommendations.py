"""Entra's own recommendations, and the score it makes of them, from raw Graph records."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tests.oracle.captures import Record

ENTRA_SCOPE = "entra_identity_secure_score"
Row = dict[str, Any]


def recommendation_rows(
    tenant_id: str, day: date, records: Iterable[Record], control_ids: Sequence[str]
) -> list[Row]:
    """The rows of fct_recommendation_daily; `control_ids` are the Entra controls that are known.

    The records carry all their impacted resources.
    """
    controls = {_letters(control): control for control in control_ids}
    rows: dict[str, Row] = {}
    for record in records:
        listed = record.get("impactedResources")
        points, maximum = record.get("currentScore"), record.get("maxScore")
        by_id = controls.get(re.split(r"[^A-Za-z0-9]", record["id"])[-1].lower())
        row = {
            "tenant_id": tenant_id,
            "snapshot_date": day,
            "recommendation_id": record["id"],
            "control_id": controls.get(_letters(record.get("recommendationType") or "")) or by_id,
            "category": _word(record.get("category")),
            "title": record.get("displayName"),
            "status": _word(record.get("status")),
            "priority": _word(record.get("priority")),
            "score_points": points,
            "max_points": maximum,
            "score_ratio": points / maximum if points is not None and maximum else None,
            "required_licence": _licence(record.get("requiredLicenses")),
            "impacted_resource_count": None if listed is None else len(listed),
            "open_resource_count": None
            if listed is None
            else sum(one.get("status") == "active" for one in listed),
        }
        rows.setdefault(record["id"], row)
    return list(rows.values())


def entra_score_rows(
    tenant_id: str, captures: Iterable[tuple[date, Iterable[Record]]], as_of: date
) -> list[Row]:
    """The rows of scope `entra_identity_secure_score` of fct_tenant_score_daily.

    `captures` are the complete ones in the order they were made, each with the day it was read.
    """
    first: dict[date, date] = {}
    newest: dict[date, Record] = {}
    for read_on, records in captures:
        shown: dict[date, Record] = {}
        for record in sorted(records, key=lambda one: one["createDateTime"]):
            shown[date.fromisoformat(record["createDateTime"][:10])] = record
        for day, record in shown.items():
            first[day] = min(first.get(day, read_on), read_on)
            newest[day] = record
    return [
        {
            "tenant_id": tenant_id,
            "score_date": day,
            "scope": ENTRA_SCOPE,
            "score_points": record["tenantScore"],
            "max_points": record.get("tenantMaxScore"),
            "score_ratio": record["tenantScore"] / record["tenantMaxScore"]
            if record.get("tenantMaxScore")
            else None,
            "known_score_ratio": None,
            "unknown_max_count": None,
            "control_count": None,
            "is_backfilled": None,
        }
        for day, record in sorted(newest.items())
        if day <= as_of
    ]


def _licence(text: str | None) -> str | None:
    for word in ("p2", "p1", "free"):
        if word in (text or "").lower():
            return word
    return _word(text)


def _letters(text: str) -> str:
    return text.replace("_", "").lower()


def _word(text: str | None) -> str | None:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower() if text else None
