"""Hand-made days of one tenant: principals named by one letter, every feed read unless said."""

from datetime import date
from typing import Any

from tests.oracle.captures import Life, Record
from tests.oracle.days import Gathered, gathered_days
from tests.oracle.hand import TENANT
from tests.oracle.hand import day as day_number
from tests.oracle.principals import principal_rows
from tests.oracle.roles import Roles, tenant_roles
from tests.oracle.tenant_day import TenantDay

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
USERS = "fe930be7-5e62-47db-91af-98c3a49a38b1"
EXCHANGE = "29232cdf-9323-42fd-ade2-1d097af3e4de"
PARTNER = "99999999-0000-4000-8000-000000000009"
TEAMS = "69091246-20e8-4a56-aa4d-066075b2a7a8"
INITIAL_DOMAIN = "contoso.onmicrosoft.com"
NO_P2 = {
    f"{kind}_schedule_instances": "not_licensed"
    for kind in ("role_assignment", "role_eligibility", "group_assignment", "group_eligibility")
}
FEEDS = (
    *NO_P2,
    "role_definitions",
    "role_assignments",
    "groups",
    "group_members",
    "users",
    "service_principals",
    "user_registration_details",
    "conditional_access_policies",
    "authentication_strengths",
    "named_locations",
    "security_defaults",
    "risky_users",
    "risk_detections",
    "role_management_policies",
    "per_user_mfa",
    "conditional_access_plans",
)


def principal(name: str, **members: Any) -> dict[str, Any]:
    """`g…` and `h…` are groups, `s…` service principals, `d…` devices, `x…` nobody knows."""
    kinds = {"g": "group", "h": "group", "s": "servicePrincipal", "d": "device"}
    kind = kinds.get(name[0], "user")
    own = {"userType": "Member", "accountEnabled": True} if kind == "user" else {}
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": name, **own, **members}


def held(name: str, role: str = GLOBAL, scope: str = "/", **members: Any) -> dict[str, Any]:
    """A role assignment or schedule instance."""
    shown = None if name.startswith("x") else principal(name)
    return {
        "principalId": name,
        "roleDefinitionId": role,
        "directoryScopeId": scope,
        "principal": shown,
        "memberType": "Direct",
        **members,
    }


def foreign(name: str, role: str = GLOBAL, **members: Any) -> dict[str, Any]:
    """The assignment of a group of PARTNER, which nobody here can resolve any further."""
    reference = {
        "@odata.type": "#microsoft.graph.directoryObjectPartnerReference",
        "id": name,
        "displayName": "Tier 2 Engineers",
        "externalPartnerTenantId": PARTNER,
        "objectType": "Group",
    }
    return held(name, role) | {"principalOrganizationId": PARTNER, "principal": reference} | members


def joined(group: str, name: str, kind: str | None = None, **members: Any) -> dict[str, Any]:
    """An instance of PIM for Groups: eligible without a kind, else assigned or activated."""
    typed = {} if kind is None else {"assignmentType": kind}
    return {
        "groupId": group,
        "principalId": name,
        "accessId": "member",
        "memberType": "direct",
        "principal": principal(name),
        **typed,
        **members,
    }


def a_day(
    *,
    outcomes: dict[str, str] | None = None,
    members: dict[str, str] | None = None,
    beneath: dict[str, str] | None = None,
    definitions: tuple[Record, ...] = (),
    privileged: tuple[Record, ...] = (),
    preview: tuple[Record, ...] = (),
    shows_sign_ins: bool = True,
    declared: tuple[dict[str, str], ...] = (),
    earlier_sign_ins: dict[str, list[str | None]] | None = None,
    **records: list[dict[str, Any]],
) -> TenantDay:
    """A day with these records; members as `{"g": "p q h"}`."""
    first = day_number(1)

    def listed(groups: dict[str, str] | None) -> dict[str, list[dict[str, Any]]]:
        return {
            g: [principal(name) for name in names.split()] for g, names in (groups or {}).items()
        }

    return TenantDay(
        first,
        dict.fromkeys(FEEDS, "ok") | (outcomes or {}),
        records,
        listed(members),
        listed(beneath),
        preview,
        Roles({first: definitions}, {first: privileged}, {}, {}, {}, ()),
        shows_sign_ins,
        TENANT,
        declared,
        INITIAL_DOMAIN,
        earlier_sign_ins or {},
    )


def lived(made: Life) -> dict[date, Gathered]:
    """The days of the one tenant of a hand-made life."""
    return gathered_days(made, TENANT, tenant_roles(made, TENANT))


def assignments(made: Life) -> list[dict[str, Any]]:
    return [row for one in lived(made).values() for row in one.assignments]


def everybody(made: Life) -> list[dict[str, Any]]:
    return list(principal_rows(TENANT, lived(made), {}))
