"""The days of a life, gathered for the judges of people and policies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tests.oracle.captures import Life, Record
from tests.oracle.coverage import Verdict, coverage_of
from tests.oracle.effective import effective_rows
from tests.oracle.people import POLICIES, REGISTRATION, person_rows
from tests.oracle.policies import policy_rows
from tests.oracle.roles import Roles
from tests.oracle.tenant_day import GROUP_FEEDS, ROLE_FEEDS, TYPED_FEEDS, TenantDay
from tests.oracle.tenants import setting_on

PARENT = "group_id"
BENEATH, PREVIEW, SIGN_INS = "group_members_transitive", f"{POLICIES}_beta", "signInActivity"
FEEDS = (
    *ROLE_FEEDS,
    *GROUP_FEEDS,
    *TYPED_FEEDS,
    "role_definitions",
    "group_members",
    REGISTRATION,
    POLICIES,
    "authentication_strengths",
    "named_locations",
    "security_defaults",
    "risky_users",
    "risk_detections",
    "role_management_policies",
    "per_user_mfa",
    "conditional_access_plans",
    "organization",
)
# For so long a sign-in of an emergency account is one that an earlier capture did not know.
SIGN_IN_DAYS = 30
Row = dict[str, Any]


def tenant_day(life: Life, tenant_id: str, day: date, roles: Roles) -> TenantDay:
    def read(feed: str) -> tuple[Record, ...]:
        return life.snapshots(tenant_id, feed).get(day, ())

    return TenantDay(
        day,
        {feed: life.outcome_on(tenant_id, feed, day) for feed in FEEDS},
        {feed: read(feed) for feed in FEEDS},
        _by_parent(read("group_members")),
        _by_parent(read(BENEATH)),
        read(PREVIEW),
        roles,
        any(SIGN_INS in user for user in read("users")),
        tenant_id,
        setting_on(life, tenant_id, day).declared if any(life.settings(tenant_id)) else (),
        _initial_domain(read("organization")),
        _earlier_sign_ins(life, tenant_id, day),
    )


def _initial_domain(organizations: Iterable[Record]) -> str | None:
    domains = [one for found in organizations for one in found.get("verifiedDomains") or ()]
    return next((one["name"] for one in domains if one.get("isInitial")), None)


def _earlier_sign_ins(life: Life, tenant_id: str, day: date) -> dict[str, list[str | None]]:
    """What each list of users of the weeks before says of everyone in it."""
    found: dict[str, list[str | None]] = {}
    for then, users in life.snapshots(tenant_id, "users").items():
        if not day - timedelta(days=SIGN_IN_DAYS) <= then < day:
            continue
        if any(SIGN_INS in user for user in users):
            for user in users:
                activity = user.get(SIGN_INS) or {}
                told = activity.get("lastSuccessfulSignInDateTime")
                found.setdefault(user["id"].lower(), []).append(told)
    return found


def _by_parent(records: Iterable[Record]) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record[PARENT].lower(), []).append(record)
    return found


@dataclass(frozen=True)
class Gathered:
    """One tenant on one day: what was read, and what follows for people and policies."""

    tenant_id: str
    day: TenantDay

    @cached_property
    def assignments(self) -> list[Row]:
        return self._named(effective_rows(self.day))

    @cached_property
    def coverage(self) -> dict[str, Verdict]:
        return coverage_of(self.day, self.assignments)

    @cached_property
    def people(self) -> list[Row]:
        return self._named(person_rows(self.day, self.assignments, self.coverage))

    @cached_property
    def policies(self) -> list[Row]:
        return self._named(policy_rows(self.day))

    @property
    def has_unread_group(self) -> bool:
        """Whether a group holds privilege and nobody could read who is in it."""
        return any(r["is_privileged"] and r["principal_type"] == "group" for r in self.assignments)

    def _named(self, rows: Iterable[Row]) -> list[Row]:
        return [{"tenant_id": self.tenant_id, "snapshot_date": self.day.day} | row for row in rows]


def gathered_days(life: Life, tenant_id: str, roles: Roles) -> dict[date, Gathered]:
    """Every day for which a run asked something of the tenant, in order."""
    return {
        day: Gathered(tenant_id, tenant_day(life, tenant_id, day, roles))
        for day in life.days_of(tenant_id)
    }
