"""secureScoreControlProfiles: the catalogue of a day as one tenant sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from pipeline.sandbox.records.scores import VENDOR
from pipeline.sandbox.story.catalogue import Control, Published, controls
from pipeline.sandbox.story.standing import DEFAULT_UPDATE

_DEFAULT = orjson.dumps([DEFAULT_UPDATE])
_THREATS = {
    "Identity": ["Account breach", "Password Cracking", "Elevation of privilege"],
    "Data": ["Data Exfiltration", "dataSpillage"],
    "Device": ["Malware", "Data Deletion"],
    "Apps": ["Account breach", "Phishing", "Data Exfiltration"],
}
_ACTIONS = ("Config", "Config", "Config", "Review", "Behavior")


@dataclass(frozen=True)
class _Fragments:
    """A profile's JSON around the two places that a tenant fills."""

    control: Control
    head: bytes
    middle: bytes


def visible(published: Published) -> Sequence[str]:
    """Ids of the profiles of a day, ascending without regard to case; some controls have none."""
    listed = controls()
    return [name for name in listed if name in published.maxima and listed[name].profile]


def profile_record(
    name: str,
    *,
    tenant_id: str,
    published: Published,
    updates: Mapping[str, list[dict[str, Any]]],
) -> bytes:
    """One secureScoreControlProfile as JSON."""
    parts = _fragments(name, published.maxima[name], name in published.deprecated)
    own = orjson.dumps(updates[name]) if name in updates else _DEFAULT
    return b"".join((parts.head, tenant_id.encode(), parts.middle, own, b"}"))


@lru_cache(maxsize=2048)
def _fragments(name: str, maximum: int, deprecated: bool) -> _Fragments:
    control, number = controls()[name], len(name)
    open_type = {"isManagedByDefender": True} if control.service == "MDATP" else {}
    record: dict[str, Any] = {
        "id": control.id,
        "azureTenantId": "\0",
        "actionType": _ACTIONS[number % 5],
        "actionUrl": _action_url(control),
        "controlCategory": control.category,
        "title": control.title,
        "deprecated": deprecated,
        "implementationCost": ("Unknown", "low", "Unknown", "Moderate", "Unknown")[number % 5],
        "lastModifiedDateTime": None,
        "maxScore": float(maximum),
        "rank": 55 if control.service == "EXO" else 10,
        "remediation": _remediation(control),
        "remediationImpact": "<div>Users are asked to sign in again.</div>" if number % 2 else "",
        "service": control.service,
        "threats": [] if number % 13 == 0 else _THREATS[control.category],
        "tier": control.tier,
        "userImpact": control.user_impact,
        "complianceInformation": [] if number % 3 else None,
        "vendorInformation": VENDOR,
        **open_type,
        "controlStateUpdates": "\0",
    }
    head, middle, _ = orjson.dumps(record).split(b"\\u0000")
    # The second place is a list, so the quotes around its mark go.
    return _Fragments(control, head, middle[:-1])


def _action_url(control: Control) -> str:
    if control.service == "MDATP":
        return f"mdatp://recommendations/{control.id}"
    return f"https://security.microsoft.com/secure-score/{control.id}"


def _remediation(control: Control) -> str:
    title = control.title.strip()
    return (
        f'<p style="margin:0">To do this: <b>{title}</b>.</p>'
        "<ol><li>Open the admin center.</li><li>Change the setting.&nbsp;</li></ol>"
    )
