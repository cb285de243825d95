"""A case of policy_cases.yaml as Graph would send it: one small tenant, feed by feed."""

from collections import Counter
from typing import Any

from pipeline.graph.feeds import FEEDS

Record = dict[str, Any]
Answers = dict[str, list[Record] | str]
Case = dict[str, Any]

# Policies name roles by template id; in the cases they stand under their names.
ROLES = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
    "Reports Reader": "4a5d8f65-41da-4de4-8968-e035b65339cf",
    "Custom Auditor": "0c000000-0000-4000-8000-000000000001",
}
STRENGTHS = {
    "MFA": ("mfa", ["password,microsoftAuthenticatorPush", "fido2"]),
    "Phishing-resistant": ("mfa", ["windowsHelloForBusiness", "fido2"]),
    "One factor": ("none", ["password", "fido2"]),
}


def answers_of(case: Case) -> Answers:
    """Everything that the feeds of this case's tenant answer."""
    policies = [_policy(one) for one in case.get("policies", [])]
    of_beta = {one["id"] for one in case.get("policies", []) if one.get("beta")}
    groups: dict[str, list[str]] = case.get("groups", {})
    answers: Answers = {
        "role_definitions": [
            {"id": role, "templateId": role, "displayName": name, "isBuiltIn": "Custom" not in name}
            for name, role in ROLES.items()
        ],
        "role_assignments": [
            _assignment(person, role) for person in case["people"] for role in _roles(person)
        ],
        "role_assignment_schedule_instances": "not_licensed",
        "role_eligibility_schedule_instances": [
            _assignment(person, role) | {"memberType": "Direct"}
            for person in case["people"]
            for role in person.get("eligible", [])
        ]
        or "not_licensed",
        "conditional_access_policies": [one for one in policies if one["id"] not in of_beta],
        "conditional_access_policies_beta": [one for one in policies if one["id"] in of_beta],
        "named_locations": [
            {"id": "office", "displayName": "Office"},
            {"id": "hq", "displayName": "Headquarters", "isTrusted": True},
        ],
        "authentication_strengths": [_strength(name) for name in STRENGTHS],
        "security_defaults": [
            {
                "id": "00000000-0000-0000-0000-000000000005",
                "displayName": "Security Defaults",
                "isEnabled": case.get("security_defaults", False),
            }
        ],
        "groups": [{"id": group, "displayName": f"Group {group}"} for group in groups],
        "group_members": [],
        "group_members_transitive": [
            {"@parent": group, "@odata.type": _kind(one), "id": one}
            for group in groups
            for one in _below(groups, group)
            if isinstance(one, str)
        ],
        "group_member_counts": [
            {"groupId": group, "@odata.type": kind, "count": count}
            for group in groups
            for kind, count in _counts(groups, group).items()
        ],
    }
    if "registered" in case:
        kinds = zip(("member", "guest"), case["registered"], strict=True)
        answers["user_registration_details"] = []
        answers["user_registration_counts"] = [
            {"userType": kind, "count": number} for kind, number in kinds
        ]
    if any("per_user" in person for person in case["people"]):
        answers["per_user_mfa"] = [
            {"@parent": person["id"], "perUserMfaState": person["per_user"]}
            for person in case["people"]
            if "per_user" in person
        ]
    if "plans" in case:
        answers["conditional_access_plans"] = [
            {"id": name, "displayName": f"Plan {name}", "state": state}
            for name, state in case["plans"].items()
        ]
    answers |= case.get("feeds", {})
    # A feed that failed leaves nothing in any of its tables.
    failed = [name for name in FEEDS if isinstance(answers.get(name), str)]
    gone = {table for name in failed for table in FEEDS[name].tables if table not in FEEDS}
    return {name: answer for name, answer in answers.items() if name not in gone}


def _policy(reported: Record) -> Record:
    grant = reported.get("grant", ["mfa"])
    if isinstance(grant, list):
        grant = {"operator": "OR", "builtInControls": grant}
    if grant and "strength" in grant:
        grant = {name: value for name, value in grant.items() if name != "strength"} | {
            "authenticationStrength": _strength(reported["grant"]["strength"])
        }
    users = {
        name: [ROLES.get(one, one) for one in value] if name.endswith("Roles") else value
        for name, value in reported.get("users", {"includeUsers": ["All"]}).items()
    }
    return {
        "id": reported["id"],
        "displayName": f"Policy {reported['id']}",
        "state": reported.get("state", "enabled"),
        "createdDateTime": "2026-01-05T08:00:00Z",
        "modifiedDateTime": reported.get("modified"),
        "conditions": {
            "users": users,
            "applications": reported.get("apps", {"includeApplications": ["All"]}),
            "clientAppTypes": reported.get("clients", ["all"]),
            "signInRiskLevels": [],
            "platforms": None,
            **reported.get("conditions", {}),
        },
        "grantControls": grant,
        "sessionControls": reported.get("session"),
    }


def _strength(name: str) -> Record:
    satisfied, combinations = STRENGTHS[name]
    return {
        "id": f"strength of {name}",
        "displayName": name,
        "policyType": "custom",
        "requirementsSatisfied": satisfied,
        "allowedCombinations": combinations,
    }


def _roles(person: Record) -> list[str]:
    return person.get("roles", [] if person.get("eligible") else ["Reports Reader"])


def _assignment(person: Record, role: str) -> Record:
    """`Role @ unit` is held for an administrative unit alone."""
    name, _, unit = role.partition(" @ ")
    kind = person.get("type", "user")
    guest = person.get("guest", False)
    principal = {"@odata.type": f"#microsoft.graph.{kind}", "id": person["id"]}
    if guest is not None:
        principal["userType"] = "Guest" if guest else "Member"
    return {
        "id": f"{person['id']} {role}",
        "principalId": person["id"],
        "roleDefinitionId": ROLES[name],
        "directoryScopeId": f"/administrativeUnits/{unit}" if unit else "/",
        "principal": principal,
    }


def _below(groups: dict[str, list[Any]], group: str) -> list[Any]:
    """Whoever is in a group or in one below it; a number stands for so many nobody keeps."""
    found: list[Any] = []
    waiting = list(groups[group])
    while waiting:
        member = waiting.pop(0)
        if isinstance(member, int) or member not in found:
            found.append(member)
            waiting += groups.get(member, []) if isinstance(member, str) else []
    return found


def _counts(groups: dict[str, list[Any]], group: str) -> dict[str | None, int]:
    counts: Counter[str | None] = Counter()
    for member in _below(groups, group):
        counts[_kind(member)] += member if isinstance(member, int) else 1
    return dict(counts) or {None: 0}


def _kind(member: Any) -> str:
    is_group = isinstance(member, str) and member.startswith("g-")
    return "#microsoft.graph.group" if is_group else "#microsoft.graph.user"
