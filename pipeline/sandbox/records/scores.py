"""secureScores: one record a day, rich when it is the newest, thin ever after."""

from datetime import date, timedelta
from math import sin
from typing import Any

import orjson

from pipeline.sandbox.story.identity import Tenant
from pipeline.sandbox.story.standing import COUNTED, Standing

_ENABLED = {
    "free": ["HasEOP", "HasSPOP1", "HasAADFree"],
    "p1": ["HasEOP", "HasSPOP1", "HasAADP1", "HasMDOP1", "HasEXOP1"],
    "p2": [
        *("HasAADP1", "HasAADP2", "HasOCAS", "HasMCAS", "HasAATP", "HasCLB", "HasMDOP1"),
        *("HasMDOP2", "HasEXOP2", "HasAIPP1", "HasAIPP2", "HasM365E5", "HasMDEP2", "HasSPOP2"),
    ],
}
VENDOR = {
    "provider": "SecureScore",
    "providerVersion": None,
    "subProvider": None,
    "vendor": "Microsoft",
}
_FRACTIONS = {"AzureAD": "", "MS Teams": ".287", "MDO": ".3023572", "EXO": ".256866"}


def score_record(
    tenant: Tenant,
    *,
    day: date,
    number: int,
    users: int,
    standings: tuple[Standing, ...],
    rich: bool,
) -> bytes:
    """One secureScore as JSON; `number` is the day of the story, which drifts the averages."""
    current = round(sum(standing.score for standing in standings), 2)
    maximum = float(sum(each.maximum for each in standings if each.counts_in_maximum))
    record: dict[str, Any] = {
        "id": f"{tenant.tenant_id}_{day.isoformat()}",
        "azureTenantId": tenant.tenant_id,
        "activeUserCount": max(1, users - users // 7),
        "createdDateTime": f"{day.isoformat()}T00:00:00Z",
        "currentScore": current,
        "enabledServices": _ENABLED[tenant.licence_tier],
        "licensedUserCount": 0,
        "maxScore": maximum,
        "vendorInformation": VENDOR,
        "averageComparativeScores": _averages(tenant, number),
    }
    if tenant.segment == "regulated":
        record["scoringModel"] = {"name": "points", "revision": 3}
    if rich:
        controls = orjson.dumps([_rich(tenant, standing, day) for standing in standings])
    else:
        controls = b"[" + b",".join(standing.thin for standing in standings) + b"]"
    return orjson.dumps(record)[:-1] + b',"controlScores":' + controls + b"}"


def _rich(tenant: Tenant, standing: Standing, day: date) -> dict[str, Any]:
    control = standing.control
    record = standing.member(_description(standing), standing.status(rich=True))
    lag = 15 if control.service == "MS Teams" else 2
    fraction = _FRACTIONS.get(control.service, "")
    record["lastSynced"] = f"{(day - timedelta(days=lag)).isoformat()}T15:32:03{fraction}Z"
    if control.kind in COUNTED and control.status:
        record |= {"count": str(standing.met), "total": str(standing.total)}
    elif control.kind in ("global_admins", "role_overlap"):
        record["count"] = str(standing.count)
    elif control.kind == "switch":
        record["on"] = "true" if standing.met else "false"
    if control.service == "MDATP":
        record["IsApplicable"] = True
    elif control.id == "mdo_zapphish":
        record["expectedConfiguration"] = {"action": "Quarantine", "levels": [1, 2]}
    return record


def _description(standing: Standing) -> str:
    control = standing.control
    if control.service in ("Azure ATP", "MDO"):
        return f"<p>{control.title.strip()}.&nbsp;</p><ul><li>Reduces exposure.</li></ul>"
    product = "Microsoft Entra ID" if control.service == "AzureAD" else control.service
    return f"{control.title.strip()} in {product}. It’s one of the organization's safeguards."


def _averages(tenant: Tenant, number: int) -> list[dict[str, Any]]:
    """Peers by basis: they drift daily, and on some days a basis has -1 throughout."""
    drift = round(sin(number / 17 + tenant.index) * 1.5 - number * 0.02, 2)
    everyone = {"basis": "AllTenants"} | _points(round(47.3 + drift, 2), drift)
    silent = number % 31 == 17
    seats = {"basis": "TotalSeats"} | _points(-1.0 if silent else round(52.8 + drift, 2), drift)
    low, high = {"free": ("1", "100"), "p1": ("101", "500"), "p2": ("501", "5000")}[
        tenant.licence_tier
    ]
    if tenant.index % 5 == 4:
        seats |= {"seatSizeRangeLowerValue": low, "seatSizeRangeUpperValue": high}
    else:
        seats |= {"SeatSizeRangeLowerValue": low, "SeatSizeRangeUpperValue": high}
    if tenant.segment != "regulated":
        return [everyone, seats]
    industry = {"basis": "IndustryTypes"} | _points(round(58.1 + drift, 2), drift)
    return [everyone, seats, industry | {"categoryValue": "Finance", "peerGroupSize": 412}]


def _points(average: float, drift: float) -> dict[str, Any]:
    if average < 0:
        names = ["averageScore", "apps", "data", "device", "identity", "infrastructure"]
        keys = [names[0]] + [f"{n}Score{m}" for n in names[1:] for m in ("", "Max")]
        return dict.fromkeys(keys, -1.0)
    return {
        "averageScore": average,
        "appsScore": round(31.2 + drift, 2),
        "appsScoreMax": 88.4,
        "dataScore": round(5.1 + drift / 10, 2),
        "dataScoreMax": 17.9,
        "deviceScore": round(24.6 + drift, 2),
        "deviceScoreMax": 61.3,
        "identityScore": round(28.4 + drift, 2),
        "identityScoreMax": 56.0,
        "infrastructureScore": 0.0,
        "infrastructureScoreMax": 0.0,
    }
