"""Pages altered on their way out: everything awkward that Graph may say, on real-looking tenants.

Each function takes a page and the day it is read on, and gives the page back altered.
"""

import random
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from pipeline.sandbox import Sandbox
from tests.oracle.roles import GLOBAL_ADMINISTRATOR
from tests.oracle.scripted import ScriptedTenant

Page = dict[str, Any]
Change = Callable[[Page, date], Page]


def edit(sandbox: Sandbox, tenant_id: str, path: str, *changes: Change) -> None:
    """Put the changes in force for one tenant's pages of one path, in order."""

    def altered(page: Page) -> Page:
        for change in changes:
            page = change(page, sandbox.today)
        return page

    sandbox.edits.add(tenant_id=tenant_id, path=path, function=altered)


def script(sandbox: Sandbox, tenant: ScriptedTenant) -> None:
    """Let an invented history speak for a tenant; paging stays the server's."""

    def records(page: Page, today: date) -> Page:
        days = [_day(record) for record in page["value"]]
        reported = [tenant.record(day, today) for day in days]
        return page | {"value": [record for record in reported if record is not None]}

    def profiles(page: Page, today: date) -> Page:
        is_last = "@odata.nextLink" not in page
        return page | {"value": tenant.profiles(today) if is_last else []}

    edit(sandbox, tenant.tenant_id, "/secureScores", records)
    edit(sandbox, tenant.tenant_id, "/secureScoreControlProfiles", profiles)


def each_record(change: Callable[[dict[str, Any], date], dict[str, Any] | None]) -> Change:
    """A change of single records; one that becomes None is left out."""

    def altered(page: Page, today: date) -> Page:
        reported = (change(dict(record), today) for record in page["value"])
        return page | {"value": [record for record in reported if record is not None]}

    return altered


def renamed(name: str, new: str) -> Change:
    """A control that the records call by another spelling than the catalogue."""
    return _each_control(name, lambda control: control | {"controlName": new})


def at_zero(name: str) -> Change:
    """A control that never scored a point."""
    return _each_control(name, lambda control: control | {"score": 0.0, "scoreInPercentage": 0.0})


def without_percentage(name: str) -> Change:
    return _each_control(name, lambda control: control | {"scoreInPercentage": None})


def _each_control(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    def record(found: dict[str, Any], _: date) -> dict[str, Any]:
        scores = [
            change(control) if control["controlName"] == name else control
            for control in found["controlScores"]
        ]
        return found | {"controlScores": scores}

    return each_record(record)


def scored_too(name: str, score: float, percentage: float, *, maximum: float = 0.0) -> Change:
    """A control that no profile knows, with what it adds to the reported maximum."""
    extra = {
        "controlCategory": "Identity",
        "controlName": name,
        "score": score,
        "scoreInPercentage": percentage,
    }

    def record(found: dict[str, Any], _: date) -> dict[str, Any]:
        return found | {
            "controlScores": [*found["controlScores"], extra],
            "currentScore": round(found["currentScore"] + score, 2),
            "maxScore": found["maxScore"] + maximum,
        }

    return each_record(record)


def scored_twice(position: int, weekday: int) -> Change:
    """On one weekday a control comes again at the end, with another score."""

    def record(found: dict[str, Any], _: date) -> dict[str, Any]:
        if _day(found).weekday() != weekday or not found["controlScores"]:
            return found
        again = found["controlScores"][position] | {"score": 0.25, "scoreInPercentage": 2.5}
        return found | {"controlScores": [*found["controlScores"], again]}

    return each_record(record)


def missing_on(*weekdays: int) -> Change:
    """Days without a record."""
    return each_record(lambda found, _: None if _day(found).weekday() in weekdays else found)


def revised_after(days: int, *, restored_after: int) -> Change:
    """Every fourth day reads otherwise some days later, and as at first again after that."""

    def record(found: dict[str, Any], today: date) -> dict[str, Any]:
        age = (today - _day(found)).days
        if _day(found).toordinal() % 4 or not days <= age < restored_after:
            return found
        scores = [dict(control) for control in found["controlScores"]]
        scores[0] |= {"score": 0.0, "scoreInPercentage": 0.0}
        total = round(sum(control["score"] for control in scores), 2)
        return found | {"controlScores": scores, "currentScore": total}

    return each_record(record)


def reweighted(name: str, maximum: float | None, *, since: date, until: date) -> Change:
    """The catalogue shows another maximum between two days."""

    def profile(found: dict[str, Any], today: date) -> dict[str, Any]:
        if found["id"] != name or not since <= today < until:
            return found
        return found | {"maxScore": maximum}

    return each_record(profile)


def unlisted(name: str, *, since: date = date.min, until: date = date.max) -> Change:
    """The catalogue does not have a control between two days."""
    return each_record(
        lambda found, today: None if found["id"] == name and since <= today < until else found
    )


def stated(name: str, updates: Iterable[tuple[str, date | None]], *, until: date) -> Change:
    """A list of states that is replaced by the default one on a day."""
    default = [{"state": "Default", "updatedDateTime": None}]
    listed = [
        {"state": state, "updatedDateTime": f"{when}T10:00:00Z" if when else None}
        for state, when in updates
    ]

    def profile(found: dict[str, Any], today: date) -> dict[str, Any]:
        if found["id"] != name:
            return found
        return found | {"controlStateUpdates": listed if today < until else default}

    return each_record(profile)


def unresolved(position: int) -> Change:
    """One principal that Graph cannot resolve, and one held through an application's scope."""

    def altered(page: Page, _: date) -> Page:
        rows = [dict(row) for row in page["value"]]
        if len(rows) > position:
            rows[position]["principal"] = None
        return page | {"value": rows}

    return altered


def recased(page: Page, _: date) -> Page:
    """PIM's words in another case, row by row."""
    spellings = (str.lower, str.upper, str)
    rows = [
        row | {k: spellings[n % 3](row[k]) for k in ("assignmentType", "memberType") if k in row}
        for n, row in enumerate(page["value"])
    ]
    return page | {"value": rows}


def another_role(role_id: str) -> Change:
    """The first holder has one more role, and has it in one more place."""

    def altered(page: Page, _: date) -> Page:
        first, *others = page["value"]
        more = [{"roleDefinitionId": role_id}, {"directoryScopeId": "/administrativeUnits/x"}]
        copies = [first | change | {"id": f"more-{n}"} for n, change in enumerate(more)]
        return page | {"value": [first, *others, *copies]}

    return altered


def more_holders(role_id: str, *names: str) -> Change:
    """More users hold a role, whether or not another feed lists them."""

    def altered(page: Page, _: date) -> Page:
        if "@odata.nextLink" in page:
            return page
        rows = [
            {
                "id": f"more-{name}",
                "principalId": name,
                "roleDefinitionId": role_id,
                "directoryScopeId": "/",
                "principal": {
                    "@odata.type": "#microsoft.graph.user",
                    "id": name,
                    "accountEnabled": True,
                    "userType": "Member",
                },
            }
            for name in names
        ]
        return page | {"value": [*page["value"], *rows]}

    return altered


def enforced_on_all(page: Page, _: date) -> Page:
    """Per-user MFA of everybody who is asked for it."""
    return page | {"perUserMfaState": "enforced"}


def delegated(role_id: str, *spells: tuple[date, date], by_pim: bool = False) -> Change:
    """A group of another tenant holds a role and Global Administrator from day to day; PIM lists
    the one alone, and does not tell whose the group is."""
    group = {
        "@odata.type": "#microsoft.graph.group",
        "id": "ffffffff-0000-4000-8000-0000000000ee",
        "displayName": "Escalation",
    }
    elsewhere = "eeeeeeee-0000-4000-8000-000000000009"

    def held(role: str) -> dict[str, Any]:
        row = {
            "id": f"delegated-{role}",
            "principalId": group["id"],
            "roleDefinitionId": role,
            "directoryScopeId": "/",
        }
        if by_pim:
            started = {"startDateTime": "2026-06-01T08:00:00Z", "endDateTime": None}
            return row | started | {"assignmentType": "Assigned", "memberType": "Direct"}
        return row | {"principalOrganizationId": elsewhere}

    def altered(page: Page, today: date) -> Page:
        is_there = any(since <= today < until for since, until in spells)
        if not is_there or "@odata.nextLink" in page:
            return page
        roles = (role_id,) if by_pim else (role_id, GLOBAL_ADMINISTRATOR)
        shown = group if by_pim else group | {"organizationId": elsewhere}
        return page | {"value": [*page["value"], *(held(r) | {"principal": shown} for r in roles)]}

    return altered


def suspended(*, since: date) -> Change:
    """The subscriptions stop."""

    def sku(found: dict[str, Any], today: date) -> dict[str, Any]:
        return found | {"capabilityStatus": "Suspended"} if today >= since else found

    return each_record(sku)


def enforced(*, since: date, until: date) -> Change:
    """Conditional Access is tried out before, enforced between two days, and given up after."""

    def policy(found: dict[str, Any], today: date) -> dict[str, Any]:
        if found["state"] != "enabled" or since <= today < until:
            return found
        return found | {"state": "enabledForReportingButNotEnforced"}

    return each_record(policy)


def given_up(*, since: date) -> Change:
    """Security defaults are turned off."""
    return lambda page, today: page | {"isEnabled": today < since}


def in_pieces(found: dict[str, Any], today: date) -> dict[str, Any]:
    """MFA is asked of new clients alone, or a managed device will do; of old clients one kind or
    both are blocked. Which of it changes from day to day."""
    grants, number = found.get("grantControls") or {}, today.toordinal()
    controls, conditions = grants.get("builtInControls") or [], found["conditions"]
    is_mfa = controls == ["mfa"] or (not controls and grants.get("authenticationStrength"))
    if is_mfa and number % 3 == 0:
        clients = ["browser", "mobileAppsAndDesktopClients"]
        return found | {"conditions": {**conditions, "clientAppTypes": clients}}
    if is_mfa and number % 3 == 1:
        ways = {"operator": "OR", "builtInControls": [*controls, "compliantDevice"]}
        return found | {"grantControls": {**grants, **ways}}
    if controls == ["block"] and number % 2 and "other" in conditions["clientAppTypes"]:
        return found | {"conditions": {**conditions, "clientAppTypes": ["other"]}}
    return found


def switched(page: Page, today: date) -> Page:
    """Per-user MFA that is on for many, and for others from day to day."""
    _, user, _ = page["@odata.context"].split("'")
    words = ("disabled", "enabled", "enforced", "Enforced", "of tomorrow", None)
    return page | {"perUserMfaState": random.Random(f"{user} {today.day // 4}").choice(words)}


def planned(*states: tuple[date, str | None]) -> Change:
    """A Conditional Access plan from a day on, each time in another state; Graph has no rules."""

    def altered(page: Page, today: date) -> Page:
        reached = [state for since, state in states if since <= today]
        if not reached:
            return page
        plan = {
            "id": "dddddddd-0000-4000-8000-000000000001",
            "displayName": 'Baseline "2"',
            "state": reached[-1],
            "sharedConditions": {"users": {"includeUsers": ["All"]}},
        }
        return page | {"value": [*page["value"], plan]}

    return altered


def unsaid(page: Page, _: date) -> Page:
    """Flags that the registration report does not give for some, methods for others."""
    people = [dict(person) for person in page["value"]]
    for number, person in enumerate(people):
        if number % 3 == 0:
            person["isMfaRegistered"] = None
        if number % 4 == 0:
            person |= {"isMfaCapable": None, "methodsRegistered": []}
    return page | {"value": people}


def in_grace(units: int) -> Change:
    """Units that were not paid for and work still."""
    return each_record(
        lambda sku, _: sku | {"prepaidUnits": {**(sku.get("prepaidUnits") or {}), "warning": units}}
    )


def bought(units: int) -> Change:
    """So many units of each subscription."""
    return each_record(
        lambda sku, _: sku | {"prepaidUnits": {**(sku.get("prepaidUnits") or {}), "enabled": units}}
    )


def deleted(page: Page, _: date) -> Page:
    """Every second user at risk is gone."""
    users = [user | {"isDeleted": number % 2 == 0} for number, user in enumerate(page["value"])]
    return page | {"value": users}


def flickering(seed: str) -> Change:
    """Every day some rows are away, some principals unresolved, some subscriptions stopped."""

    def altered(page: Page, today: date) -> Page:
        kept = []
        for row in page["value"]:
            dice = random.Random(f"{seed} {today} {row['id']}")
            if dice.random() < 0.2:
                continue
            changes: Page = {}
            if "principal" in row and dice.random() < 0.1:
                changes["principal"] = None
            if "capabilityStatus" in row:
                changes["capabilityStatus"] = dice.choice(("Enabled", "Warning", "Suspended"))
            kept.append(row | changes)
        return page | {"value": kept}

    return altered


def emptied(page: Page, _: date) -> Page:
    return page | {"value": []}


def _day(record: dict[str, Any]) -> date:
    return date.fromisoformat(record["createdDateTime"][:10])
