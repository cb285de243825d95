"""Controls that come into the scores of several tenants, so that only all of them tell why."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pipeline.sandbox import Sandbox
from tests.oracle.hostile import Change, Page, each_record, edit

# A service that these tenants alone are scored on, by a control that they always had.
SERVICE, BASE = "Shared", "shared_base"
PROFILE: dict[str, Any] = {
    "actionType": "Config",
    "actionUrl": "https://security.microsoft.com/secure-score/shared",
    "controlCategory": "Apps",
    "deprecated": False,
    "implementationCost": "low",
    "lastModifiedDateTime": None,
    "maxScore": 1.0,
    "rank": 10,
    "remediation": "",
    "remediationImpact": "",
    "service": SERVICE,
    "threats": [],
    "tier": "Core",
    "userImpact": "Low",
    "controlStateUpdates": [],
}
# Control -> how many days after the first each of the tenants meets it.
MET = {
    "shared_by_few": (0, 0, 0),
    "shared_by_most": (0, 1, 3, 0, 2, 1),
    "shared_slowly": (0, 5, 10, 15, 20, 25),
}


def share(sandbox: Sandbox, ids: Sequence[str], since: date) -> None:
    """Let the tenants meet the controls from a day on, which their catalogues always listed."""
    for position, one in enumerate(ids):
        edit(sandbox, one, "/secureScoreControlProfiles", _listed((BASE, *MET)))
        days = {BASE: date.min}
        for name, lags in MET.items():
            if position < len(lags):
                days[name] = since + timedelta(days=lags[position])
        edit(sandbox, one, "/secureScores", _scored(days))


def _scored(days: dict[str, date]) -> Change:
    def record(found: dict[str, Any], _: date) -> dict[str, Any]:
        day = date.fromisoformat(found["createdDateTime"][:10])
        more = [
            {
                "controlCategory": "Apps",
                "controlName": name,
                "score": 1.0,
                "scoreInPercentage": 100.0,
            }
            for name, since in days.items()
            if since <= day
        ]
        known = found["maxScore"] is not None
        return found | {
            "controlScores": [*found["controlScores"], *more],
            "currentScore": round(found["currentScore"] + len(more), 2),
            "maxScore": found["maxScore"] + len(more) if known else None,
        }

    return each_record(record)


def _listed(names: Sequence[str]) -> Change:
    def altered(page: Page, _: date) -> Page:
        if not page["value"] or "@odata.nextLink" in page:
            return page
        tenant_id = page["value"][0]["azureTenantId"]
        more = [
            {"id": name, "azureTenantId": tenant_id, "title": name, **PROFILE} for name in names
        ]
        return page | {"value": [*page["value"], *more]}

    return altered
