"""Privileged assignments of the newest day with their findings, and evidence behind controls."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.oracle.coverage import GOOD
from tests.oracle.days import Gathered
from tests.oracle.declared import EXPECTED
from tests.oracle.people import identity_counts, identity_statuses
from tests.oracle.practices import legacy_decided
from tests.oracle.reviews import MAX_GLOBAL, MIN_GLOBAL
from tests.oracle.roles import GLOBAL_ADMINISTRATOR, makes_administrator
from tests.oracle.scores import TenantScores
from tests.oracle.tenant_day import PARTNER

DANGEROUS = ("at_risk", "confirmed_compromised")
# PIM of the tenant that was read has nothing to make eligible in another.
NEVER_ELIGIBLE = ("service_principal", PARTNER)
LICENSED = ("ok", "empty", "partial")
FINDINGS = (
    *("is_external_partner", "is_check_failed", "is_at_risk", "is_unprotected", "is_without_mfa"),
    *("is_without_phishing_resistance", "is_disabled", "is_stale", "is_guest", "is_synced"),
    *("is_standing_despite_pim", "is_permanently_eligible", "is_unresolvable", "is_unread_group"),
)
Days = Mapping[date, Gathered]
Row = dict[str, Any]


def access_rows(gathered: Days) -> Iterator[Row]:
    """Every privileged assignment of the newest day on which roles were read."""
    read = [d for d, one in gathered.items() if one.day.is_complete("role_assignments")]
    if not read:
        return
    one = gathered[max(read)]
    people = {row["principal_id"]: row for row in one.people}
    has_pim = identity_statuses(one.day)["pim_status"] in LICENSED
    for row in one.assignments:
        if row["is_privileged"]:
            person = people.get(row["principal_id"], {})
            found = _findings(row, person, has_pim=has_pim)
            yield row | found | _declared(person, row | found)


def _findings(row: Row, person: Row, *, has_pim: bool) -> Row:
    """None where the feed that tells was not read."""
    kind, held = row["principal_type"], row["assignment_kind"]
    state, registered = person.get("risk_state"), person.get("is_mfa_registered")
    enabled, strong = person.get("is_enabled"), person.get("is_phishing_resistant")
    return {
        "is_external_partner": kind == PARTNER,
        "is_at_risk": None if state is None else state in DANGEROUS,
        "is_unprotected": person.get("is_unprotected"),
        "is_without_mfa": None if registered is None else not registered,
        "is_without_phishing_resistance": _is_weak(registered, strong),
        "is_disabled": None if enabled is None else not enabled,
        "is_stale": person.get("is_stale"),
        "is_synced": person.get("is_synced"),
        "is_standing_despite_pim": held == "standing" and has_pim and kind not in NEVER_ELIGIBLE,
        "is_permanently_eligible": held == "eligible" and row["end_at"] is None,
        "is_unresolvable": kind == "unknown",
        "is_unread_group": kind == "group",
    }


def _declared(person: Row, found: Row) -> Row:
    """What is declared, and which findings are none for that."""
    role, expected = person.get("declared_role"), person.get("is_expected")
    is_failing = False if role is None else None if expected is None else not expected
    found = found | {"is_check_failed": is_failing}
    true = {name for name in FINDINGS if found[name]}
    spared = true & EXPECTED[role] if role else set()
    return {
        "declared_role": role,
        "is_check_failed": is_failing,
        "findings": ", ".join(sorted(name.removeprefix("is_") for name in true - spared)),
        "expected_findings": ", ".join(sorted(name.removeprefix("is_") for name in spared)),
    }


def _is_weak(registered: bool | None, strong: bool | None) -> bool | None:
    """Registered, and with nothing that withstands phishing; None where either may change it."""
    if registered is False or strong is True:
        return False
    return None if registered is None or strong is None else True


def evidence_rows(gathered: Days, scores: TenantScores) -> Iterator[Row]:
    """Behind AdminMFAV2 its users, behind OneAdmin its assignments, behind
    BlockLegacyAuthentication the policy; of controls in the newest record."""
    if not gathered or not scores.records:
        return
    one = gathered[max(gathered)]
    named = {c.control_id.lower(): c.control_id for c in scores.controls[max(scores.records)]}
    found = {
        "adminmfav2": list(_administrators(one)),
        "oneadmin": list(_global_administrators(one)),
        "blocklegacyauthentication": [_legacy(one)],
    }
    for control, rows in found.items():
        if control in named:
            for row in rows:
                yield {"tenant_id": one.tenant_id, "control_id": named[control], **row}


def _administrators(one: Gathered) -> Iterator[Row]:
    counted = {row["principal_id"] for row in one.assignments if makes_administrator(row)}
    for person in one.people:
        if person["principal_id"] in counted and person["principal_type"] == "user":
            registered, coverage = person["is_mfa_registered"], person["mfa_policy_coverage"]
            is_missing = registered is False or coverage not in (*GOOD, "unknown")
            is_well = bool(registered) and coverage in GOOD
            yield {
                "evidence_kind": "user",
                "evidence_id": person["principal_id"],
                "is_behind_gap": True if is_missing else False if is_well else None,
            }


def _global_administrators(one: Gathered) -> Iterator[Row]:
    count = identity_counts(one.day, one.assignments, one.people)["global_administrator_count"]
    for row in one.assignments:
        if row["role_template_id"] == GLOBAL_ADMINISTRATOR and row["principal_type"] != "group":
            parts = ("principal_id", "role_template_id", "directory_scope", "assignment_kind")
            way = [row[name] for name in (*parts, "path", "via_group_id")]
            yield {
                "evidence_kind": "role_assignment",
                "evidence_id": " ".join(part for part in way if part),
                "is_behind_gap": None if count is None else not MIN_GLOBAL <= count <= MAX_GLOBAL,
            }


def _legacy(one: Gathered) -> Row:
    status, policy = legacy_decided(one.day, one.assignments)
    is_open = None if status == "unknown" else status != "implemented"
    identifier = policy or "(none)"
    return {"evidence_kind": "policy", "evidence_id": identifier, "is_behind_gap": is_open}
