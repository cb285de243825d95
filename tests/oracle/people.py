"""The people behind the roles: one row per holder, and how many of them give cause for concern."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.oracle.activation import activation_requires_mfa, person_of
from tests.oracle.captures import COMPLETE, Record
from tests.oracle.coverage import Verdict
from tests.oracle.declared import spared, with_declarations
from tests.oracle.effective import (
    ACTIVE,
    ELIGIBLE,
    GROUP_ACTIVE,
    GROUP_ELIGIBLE,
    holdings,
)
from tests.oracle.per_user import told
from tests.oracle.roles import GLOBAL_ADMINISTRATOR, UNLICENSED, makes_administrator
from tests.oracle.seeds import seed
from tests.oracle.statuses import of_outcomes
from tests.oracle.tenant_day import PARTNER, TenantDay
from tests.oracle.values import lower, moment, snake

STALE_DAYS = 90
SWITCH = ("per_user_mfa_state", "per_user_mfa_status")
PROTECTED = ("covered", "covered_except", "conditional")
UNPROTECTED = frozenset({"not_covered", "excluded", "report_only", "narrow"})
REGISTRATION = "user_registration_details"
POLICIES = "conditional_access_policies"
STRONG = frozenset(
    "fido2SecurityKey windowsHelloForBusiness macOsSecureEnclaveKey passKeySynced "
    "passKeyDeviceBound passKeyDeviceBoundAuthenticator passKeyDeviceBoundWindowsHello "
    "certificate".lower().split()
)
Row = dict[str, Any]


def person_rows(
    day: TenantDay, assignments: Sequence[Row], verdicts: Mapping[str, Verdict]
) -> list[Row]:
    """One row per principal who holds a role in any way; groups are no holders."""
    holders = {r["principal_id"] for r in assignments if r["principal_type"] != "group"}
    registered = {r["id"].lower(): r for r in day.of(REGISTRATION)}
    risks = {r["id"].lower(): r for r in day.of("risky_users") if r.get("isDeleted") is not True}
    is_standing_known = kinds_known(day)["standing"]
    rows = []
    for holder in sorted(holders):
        kind = day.type_of(holder)
        report = registered.get(holder, {})
        mine = [r for r in assignments if r["principal_id"] == holder]
        held = [r for r in mine if r["is_privileged"]]
        administered = [r for r in mine if makes_administrator(r)]
        standing = [r for r in held if r["assignment_kind"] == "standing"]
        verdict = verdicts.get(holder, Verdict("")) if kind == "user" else Verdict("")
        has_risk = kind == "user" and day.is_complete("risky_users")
        risk = risks.get(holder, {})
        row: Row = {
            "snapshot_date": day.day,
            "principal_id": holder,
            "principal_type": kind,
            "is_mfa_registered": report.get("isMfaRegistered"),
            "is_mfa_capable": report.get("isMfaCapable"),
            "is_phishing_resistant": _is_strong(report),
            "is_guest": day.is_guest(holder),
            "is_enabled": day.is_enabled(holder),
            "is_synced": day.is_synced(holder),
            "last_sign_in_at": last_sign_in(day, holder),
            "risk_level": snake(risk.get("riskLevel") or "none") if has_risk else None,
            "risk_state": snake(risk.get("riskState") or "none") if has_risk else None,
            "privileged_role_count": _roles(held),
            "administrator_role_count": _roles(administered),
            "standing_privileged_count": _roles(standing) if is_standing_known else None,
            "mfa_policy_coverage": verdict.status or None,
            "deciding_policy_id": verdict.policy_id,
            "uncovered_applications": ", ".join(verdict.uncovered) or None,
        }
        is_user = kind == "user"
        row |= told(day, holder) if is_user else dict.fromkeys(SWITCH)
        person = person_of(day, holder, assignments) if is_user else None
        row["activation_requires_mfa"] = (
            activation_requires_mfa(day, administered, person) if person else None
        )
        row["is_stale"] = is_stale(day, row) if is_user else None
        rows.append(row)
    for row in with_declarations(day, rows, assignments):
        is_user = row["principal_type"] == "user"
        row["is_unprotected"] = is_unprotected(day, row) if is_user else None
    return rows


def _is_strong(report: Record) -> bool | None:
    """None where a method is not known here, or where none is named of one who is registered."""
    methods = {method.lower() for method in report.get("methodsRegistered") or ()}
    if methods & STRONG:
        return True
    if not methods:
        return False if report.get("isMfaRegistered") is False else None
    return False if methods <= {one["method"] for one in seed("authentication_methods")} else None


def _roles(rows: Sequence[Row]) -> int:
    return len({row["role_template_id"] for row in rows})


def last_sign_in(day: TenantDay, principal_id: str) -> datetime | None:
    """The last sign-in that succeeded; null also where there was none."""
    if not (day.is_complete("users") and day.shows_sign_ins):
        return None
    activity = day.principals.get(principal_id, {}).get("signInActivity") or {}
    return moment(activity.get("lastSuccessfulSignInDateTime"))


def is_stale(day: TenantDay, user: Row) -> bool | None:
    """Enabled and without a successful sign-in for 90 days; None where nobody can know.

    An account that never signed in has been without one since it was made.
    """
    if user["is_enabled"] is False:
        return False
    if not (day.is_complete("users") and day.shows_sign_ins):
        return None
    if user["principal_id"] not in day.listed_users:
        return False
    created = moment(day.principals[user["principal_id"]].get("createdDateTime"))
    since = user["last_sign_in_at"] or created
    return since is None or (day.day - since.date()).days >= STALE_DAYS


def is_unprotected(day: TenantDay, user: Row) -> bool | None:
    """No policy makes the administrator use MFA, who is no emergency account in order."""
    return spared(user, _is_reached_by_none(day, user))


def _is_reached_by_none(day: TenantDay, user: Row) -> bool | None:
    if not user["administrator_role_count"]:
        return False
    if user["is_enabled"] is False or user["mfa_policy_coverage"] in PROTECTED:
        return False
    if user.get("activation_requires_mfa"):
        return False
    if user["mfa_policy_coverage"] not in UNPROTECTED:
        return None
    if user["is_enabled"] is None:
        return False if day.is_complete("users") else None
    return True


def kinds_known(day: TenantDay) -> dict[str, bool]:
    """Whether the ways in which privileged roles are held can be told."""
    is_unlicensed = day.outcome(ACTIVE) == UNLICENSED and day.is_complete("role_assignments")
    return {
        "standing": day.is_complete(ACTIVE) or is_unlicensed,
        "activated": day.is_complete(ACTIVE),
        "eligible": day.is_complete(ELIGIBLE),
    }


def has_privileged_group(day: TenantDay) -> bool:
    return any(
        day.type_of(holder) == "group"
        and any(day.roles.is_privileged(t["roleDefinitionId"], day.day) for t in reported)
        for (holder, *_), reported in holdings(day).items()
    )


def identity_counts(day: TenantDay, assignments: Sequence[Row], people: Sequence[Row]) -> Row:
    """The counts of a tenant-day: distinct principals over privileged rows, and the report."""
    held = [r for r in assignments if r["is_privileged"] and r["principal_type"] != "group"]
    privileged = {r["principal_id"] for r in held}
    users = [p for p in people if p["principal_id"] in privileged and p["principal_type"] == "user"]
    is_read = day.is_complete("role_assignments")
    counts: Row = {
        "privileged_count": len(privileged),
        "guest_count": len({r["principal_id"] for r in held if r["is_guest"]}),
        "service_principal_count": len(
            {r["principal_id"] for r in held if r["principal_type"] == "service_principal"}
        ),
        "partner_count": len({r["principal_id"] for r in held if r["principal_type"] == PARTNER}),
        "global_administrator_count": len(
            {r["principal_id"] for r in held if r["role_template_id"] == GLOBAL_ADMINISTRATOR}
        ),
        "stale_count": _count([spared(u, is_stale(day, u)) for u in users]),
        "unprotected_count": _count(
            [p["is_unprotected"] for p in people if p["principal_type"] == "user"]
        ),
    }
    if not (day.is_complete("users") and day.shows_sign_ins):
        counts["stale_count"] = None
    if identity_statuses(day)["policy_status"] not in COMPLETE:
        counts["unprotected_count"] = None
    counts = {name: count if is_read else None for name, count in counts.items()}
    for kind, is_known in kinds_known(day).items():
        found = {r["principal_id"] for r in held if r["assignment_kind"] == kind}
        counts[f"{kind}_count"] = len(found) if is_known else None
    return counts | _registration(day)


def _count(answers: Sequence[bool | None]) -> int | None:
    """None where somebody of whom nobody can know might add to it."""
    return None if None in answers else answers.count(True)


def _registration(day: TenantDay) -> Row:
    """Members and guests apart; of whom the report does not say is in neither side of a ratio."""
    reported: dict[bool, list[Record]] = {True: [], False: []}
    for one in day.of(REGISTRATION):
        reported[lower(one.get("userType")) == "guest"].append(one)
    members, guests = reported[False], reported[True]
    counts = {
        "mfa_user_count": len(members),
        "mfa_registered_count": _flagged(members, "isMfaRegistered", True),
        "mfa_registered_unknown_count": _flagged(members, "isMfaRegistered", None),
        "mfa_capable_count": _flagged(members, "isMfaCapable", True),
        "mfa_capable_unknown_count": _flagged(members, "isMfaCapable", None),
        "guest_mfa_user_count": len(guests),
        "guest_mfa_registered_count": _flagged(guests, "isMfaRegistered", True),
        "guest_mfa_registered_unknown_count": _flagged(guests, "isMfaRegistered", None),
    }
    if not day.is_complete(REGISTRATION):
        return {**dict.fromkeys(counts), "mfa_registered_ratio": None}
    known = len(members) - counts["mfa_registered_unknown_count"]
    ratio = counts["mfa_registered_count"] / known if known else None
    return {**counts, "mfa_registered_ratio": ratio}


def _flagged(people: Sequence[Record], flag: str, answer: bool | None) -> int:
    return sum(one.get(flag) is answer for one in people)


def identity_statuses(day: TenantDay) -> dict[str, str]:
    """Why counts are null; the feeds of groups decide only where a group holds privilege."""
    has_group = has_privileged_group(day)
    groups = {
        "role_status": ["role_definitions", "role_assignments", *["group_members"] * has_group],
        "pim_status": [ACTIVE, ELIGIBLE, *[GROUP_ACTIVE, GROUP_ELIGIBLE] * has_group],
        "registration_status": [REGISTRATION],
        "policy_status": [POLICIES, "security_defaults"],
        "risk_status": ["risky_users", "risk_detections"],
    }
    return {n: of_outcomes([day.outcome(f) for f in feeds]) for n, feeds in groups.items()}
