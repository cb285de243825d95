"""What an audit log can say awkwardly of policies that change, and a policy that changes."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.hostile import Change, Page, each_record


def revived(policy: str, since: date, until: date) -> Change:
    """A policy that is off is tried out between two days."""

    def altered(found: dict[str, Any], today: date) -> dict[str, Any]:
        is_on = found["id"] == policy and since <= today < until
        return found | {"state": "enabledForReportingButNotEnforced"} if is_on else found

    return each_record(altered)


def busy(policies: list[str], first: date, second: date, before: date) -> Change:
    """Two people and an application change a policy in one night; others fail, come too early or
    change something else. Entries come again on every page from their day on, in any case."""
    one, other = policies
    night = first - timedelta(days=1)
    entries = [
        _entry("night a", f"{night}T22:10:00.1234567Z", one.upper(), user="zoe@x.example"),
        _entry("night b", f"{first}T01:10:00Z", one, user="ada@x.example"),
        _entry("night c", f"{first}T01:20:00Z", one, user="bo@x.example", result="failure"),
        _entry("night d", f"{before}T01:20:00Z", one, user="cy@x.example"),
        _entry("night e", f"{first}T01:30:00Z", other, user="dee@x.example", category="Other"),
        _entry("second a", f"{second}T02:00:00Z", other, app="Deployment"),
        _entry("second b", f"{second}T02:00:00Z", one, user=None),
    ]

    def altered(page: Page, today: date) -> Page:
        if "@odata.nextLink" in page:
            return page
        shown = [one for one in entries if one["activityDateTime"][:10] <= str(today)]
        return page | {"value": [*page["value"], *shown]}

    return altered


def _entry(
    name: str,
    moment: str,
    policy: str,
    *,
    user: str | None = "",
    app: str | None = None,
    result: str = "success",
    category: str = "Policy",
) -> dict[str, Any]:
    person = None if app else {"id": None, "displayName": None, "userPrincipalName": user}
    return {
        "id": f"IPCGraph_{name.replace(' ', '_')}",
        "category": category,
        "result": result,
        "activityDisplayName": "Update Conditional Access policy",
        "activityDateTime": moment,
        "initiatedBy": {"user": person, "app": app and {"displayName": app}},
        "targetResources": [{"id": policy, "type": "Policy"}],
    }
