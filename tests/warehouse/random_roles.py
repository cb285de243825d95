"""Random answers of the feeds of roles: who holds one, in which way, and what Graph cannot tell."""

import random
from typing import Any

from tests.warehouse.lake_writer import PARENT

ROLES = ("62e90394-69f5-4237-9190-012177145e10", "29232cdf-9323-42fd-ade2-1d097af3e4de")
SCOPES = ("/", "/", "/administrativeUnits/a1")
HOLDERS = 5
Records = list[dict[str, Any]]


def definitions() -> Records:
    return [
        {"id": role, "templateId": role, "displayName": f"Role {role[:4]}", "isBuiltIn": True}
        for role in ROLES
    ]


def holdings(chance: random.Random, *, licensed: bool) -> dict[str, Records | str]:
    """Roles, groups, PIM for both and the people behind them, as of one moment."""
    return _direct(chance, licensed=licensed) | _groups(chance, licensed=licensed)


def _direct(chance: random.Random, *, licensed: bool) -> dict[str, Records | str]:
    standing = _grants(chance)
    activated = _grants(chance) if licensed else []
    answers: dict[str, Records | str] = {"role_assignments": standing + activated}
    if not licensed:
        refusal = "not_licensed" if chance.random() < 0.9 else "unavailable"
        return answers | {
            "role_assignment_schedule_instances": refusal,
            "role_eligibility_schedule_instances": refusal,
        }
    known = [grant for grant in standing if chance.random() < 0.8]
    return answers | {
        "role_assignment_schedule_instances": [
            *(_instance(chance, grant, assignmentType="Assigned") for grant in known),
            *(_instance(chance, grant, assignmentType="activated") for grant in activated),
        ],
        "role_eligibility_schedule_instances": [
            _instance(chance, grant) for grant in _grants(chance)
        ],
    }


def _grants(chance: random.Random) -> Records:
    return [_grant(chance, chance.randrange(HOLDERS)) for _ in range(chance.choice([0, 1, 2]))]


def _grant(chance: random.Random, number: int) -> dict[str, Any]:
    kind = "group" if number == 4 else "user"
    principal = {
        "@odata.type": f"#microsoft.graph.{kind}",
        "id": f"p{number}",
        "displayName": chance.choice([f"Name {number}", f"Name {number}", "Renamed"]),
        "userType": "Guest" if number == 3 else "Member",
    }
    return {
        "id": f"a{number}-{chance.randrange(10_000)}",
        "principalId": f"p{number}",
        "roleDefinitionId": chance.choice(ROLES),
        "directoryScopeId": chance.choice(SCOPES),
        "principal": None if chance.random() < 0.2 else principal,
    }


def _instance(chance: random.Random, grant: dict[str, Any], **members: str) -> dict[str, Any]:
    ends = chance.choice([None, "2026-09-01T08:00:00.1234567Z"])
    return (
        grant
        | members
        | {
            "memberType": chance.choice(["Direct", "direct", "Inherited", "Group"]),
            "startDateTime": f"2026-01-0{chance.randint(1, 9)}T08:00:00Z",
            "endDateTime": ends,
        }
    )


def _groups(chance: random.Random, *, licensed: bool) -> dict[str, Records | str]:
    """Members of two groups, sometimes of each other, and what PIM for Groups says of them."""
    pairs = [(group, name) for group in ("p4", "p5") for name in ("p0", "p1", "p4", "p5", "p6")]
    listed = [pair for pair in pairs if chance.random() < 0.4]
    refusal = "not_licensed" if chance.random() < 0.9 else "not_permitted"
    return {
        "group_members": [
            {PARENT: group, "@odata.type": f"#microsoft.graph.{_kind(name)}", "id": name}
            for group, name in listed
        ],
        "group_assignment_schedule_instances": [
            _joined(chance, *pair, assignmentType=chance.choice(["assigned", "activated"]))
            for pair in pairs
            if chance.random() < 0.2
        ]
        if licensed
        else refusal,
        "group_eligibility_schedule_instances": [
            _joined(chance, *pair) for pair in pairs if chance.random() < 0.2
        ]
        if licensed
        else refusal,
        "users": [_user(chance, f"p{number}") for number in range(7) if chance.random() < 0.8],
        "user_registration_details": [
            {
                "id": f"p{number}",
                "isMfaRegistered": chance.random() < 0.5,
                "methodsRegistered": chance.sample(["fido2SecurityKey", "mobilePhone"], 1),
            }
            for number in range(7)
            if chance.random() < 0.8
        ],
    }


def _kind(name: str) -> str:
    return "group" if name in ("p4", "p5") else "user"


def _joined(chance: random.Random, group: str, name: str, **members: str) -> dict[str, Any]:
    return {
        "id": f"{group} {name} {chance.randrange(10_000)}",
        "groupId": group,
        "principalId": name,
        "accessId": chance.choice(["member", "member", "owner"]),
        "memberType": chance.choice(["direct", "direct", "group"]),
        "endDateTime": chance.choice([None, "2026-09-01T08:00:00Z"]),
        "principal": {"@odata.type": f"#microsoft.graph.{_kind(name)}", "id": name},
        **members,
    }


def _user(chance: random.Random, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "displayName": chance.choice([f"Name {name}", "Renamed"]),
        "userType": chance.choice(["Member", "Member", "Guest", None]),
        "accountEnabled": chance.random() < 0.9,
        "createdDateTime": "2020-01-01T08:00:00Z",
        "signInActivity": {
            "lastSuccessfulSignInDateTime": chance.choice([None, "2026-02-20T08:00:00Z"])
        },
    }
