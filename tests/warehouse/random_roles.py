"""Random answers of the feeds of roles: who holds one, in which way, and what Graph cannot tell."""

import random
from typing import Any

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
    """roleAssignments and both kinds of schedule instances of one moment."""
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
