"""Alerts: what was seen on which days, gathered into spells, and whether each is over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tests.oracle.captures import COMPLETE, Life
from tests.oracle.days import Gathered
from tests.oracle.declared import EMERGENCY, EXPECTED, PARTNER, declared_on
from tests.oracle.marts import overall
from tests.oracle.partners import partner_news
from tests.oracle.people import identity_counts, identity_statuses
from tests.oracle.recorder import FEED_OF_PART
from tests.oracle.reviews import MAX_GLOBAL
from tests.oracle.roles import GLOBAL_ADMINISTRATOR
from tests.oracle.scores import TenantScores
from tests.oracle.values import number, ratio

DROP = 0.02
SHOWN_DAYS = 30
GAP_DAYS = 3
QUIET = COMPLETE | {"not_licensed", "not_in_cloud", "not_for_this_date"}
DANGEROUS = ("at_risk", "confirmed_compromised")
Row = dict[str, Any]
Days = Mapping[date, Gathered]
# Kind, whom it concerns, and the day it was seen.
Sighting = tuple[str, str, date]


def alert_rows(
    life: Life, scores: TenantScores, gathered: Days, applications: Iterable[Row]
) -> Iterator[Row]:
    """One row per kind, subject and spell: days not further apart than the gap are one."""
    seen: dict[tuple[str, str], set[date]] = defaultdict(set)
    for kind, subject, day in _sightings(life, scores, gathered, applications):
        seen[kind, subject].add(day)
    last = _last_looks(life, scores, gathered)
    by_grant = _held_by_grant(applications)
    granted = life.snapshots(scores.tenant_id, "application_permissions_grants")
    for (kind, subject), days in seen.items():
        for spell in [sorted(days)] if kind == "score_dropped" else _spells(sorted(days)):
            yield {
                "tenant_id": scores.tenant_id,
                "alert_kind": kind,
                "subject_id": subject,
                "first_seen_date": spell[0],
                "last_seen_date": spell[-1],
                "seen_day_count": len(spell),
                "is_open": spell[-1]
                >= (
                    max(granted, default=date.max)
                    if kind == "credential_expired" and (subject, spell[-1]) in by_grant
                    else last[kind]
                ),
            }


def _held_by_grant(applications: Iterable[Row]) -> set[tuple[str, date]]:
    """Applications and days on which all high privilege was held on behalf of users: on a day
    without the grants nobody knows whether that is over."""
    own: dict[tuple[str, date], list[bool]] = defaultdict(list)
    for row in applications:
        if row["is_high_privilege"]:
            key = row["service_principal_id"], row["snapshot_date"]
            own[key].append(row["is_application_permission"])
    return {key for key, held in own.items() if not any(held)}


def _spells(days: Sequence[date]) -> Iterator[list[date]]:
    spell: list[date] = []
    for day in days:
        if spell and (day - spell[-1]).days > GAP_DAYS:
            yield spell
            spell = []
        spell.append(day)
    yield spell


def _sightings(
    life: Life, scores: TenantScores, gathered: Days, applications: Iterable[Row]
) -> Iterator[Sighting]:
    yield from _drops(scores)
    for day, one in gathered.items():
        for person in one.people:
            role = person["declared_role"]
            is_told = "is_unprotected" not in EXPECTED.get(role, ())
            if person["is_unprotected"] and is_told:
                yield "administrator_unprotected", person["principal_id"], day
            is_risky = person["risk_level"] in ("medium", "high")
            if person["privileged_role_count"] and is_risky and person["risk_state"] in DANGEROUS:
                yield "administrator_at_risk", person["principal_id"], day
            if role is not None and person["is_expected"] is False:
                yield "declared_check_failed", person["principal_id"], day
        count = identity_counts(one.day, one.assignments, one.people)["global_administrator_count"]
        if count is not None and count - spare_global_administrators(one) > MAX_GLOBAL:
            yield "too_many_global_administrators", "global_administrator", day
    for partner, day in partner_news(gathered):
        declared = declared_on(gathered[day].day, gathered[day].assignments)
        if declared.role_of(partner) == PARTNER:
            continue
        yield "partner_access_new", partner, day
    yield from _switched_off(gathered)
    yield from _failures(life, scores.tenant_id)
    for row in applications:
        ends = row["credential_expires_at"]
        if row["is_high_privilege"] and ends is not None and ends.date() < row["snapshot_date"]:
            yield "credential_expired", row["service_principal_id"], row["snapshot_date"]


def spare_global_administrators(one: Gathered) -> int:
    """Emergency accounts among them of which nothing is known to be wrong."""
    spare = {
        person["principal_id"]
        for person in one.people
        if person["declared_role"] == EMERGENCY and person["is_expected"] is not False
    }
    top = {
        row["principal_id"]
        for row in one.assignments
        if row["role_template_id"] == GLOBAL_ADMINISTRATOR and row["is_privileged"]
    }
    return len(top & spare)


def _drops(scores: TenantScores) -> Iterator[Sighting]:
    """A fall between two records, seen for a month or until the score is back."""
    known = {day: number(ratio(*overall(scores, day))) for day in sorted(scores.records)}
    for (_, before), (day, after) in pairwise(known.items()):
        if before is None or after is None or before - after < DROP - 1e-9:
            continue
        for later, then in known.items():
            if later < day or then is None:
                continue
            if then >= before - 1e-9 or later >= day + timedelta(days=SHOWN_DAYS):
                break
            yield "score_dropped", day.isoformat(), later


def _switched_off(gathered: Days) -> Iterator[Sighting]:
    enforced: set[str] = set()
    for day, one in sorted(gathered.items()):
        for policy in one.policies:
            if policy["policy_state"] == "enabled":
                enforced.add(policy["policy_id"])
            elif policy["policy_id"] in enforced:
                yield "policy_switched_off", policy["policy_id"], day


def _failures(life: Life, tenant_id: str) -> Iterator[Sighting]:
    outcomes: dict[tuple[str, date], set[str]] = defaultdict(set)
    for capture in life.captures:
        if capture.tenant_id == tenant_id and capture.feed not in FEED_OF_PART:
            outcomes[capture.feed, capture.extract_date].add(capture.outcome)
    for (feed, day), ended in outcomes.items():
        if not ended & QUIET:
            yield "feed_failing", feed, day


def _last_looks(life: Life, scores: TenantScores, gathered: Days) -> dict[str, date]:
    """The newest day on which each kind could have been seen."""
    statuses = {day: identity_statuses(one.day) for day, one in gathered.items()}

    def newest(days: Iterable[date]) -> date:
        return max(days, default=date.max)

    policies = newest(d for d, s in statuses.items() if s["policy_status"] in COMPLETE)
    applications = life.snapshots(scores.tenant_id, "application_permissions")
    assignments = newest(
        d for d, one in gathered.items() if one.day.is_complete("role_assignments")
    )
    return {
        "score_dropped": newest(scores.records),
        # Somebody of whom nobody can know may be the one.
        "administrator_unprotected": newest(
            d
            for d, one in gathered.items()
            if statuses[d]["policy_status"] in COMPLETE
            and identity_counts(one.day, one.assignments, one.people)["unprotected_count"]
            is not None
        ),
        "policy_switched_off": policies,
        "administrator_at_risk": newest(
            d for d, s in statuses.items() if s["risk_status"] in COMPLETE
        ),
        "too_many_global_administrators": assignments,
        "declared_check_failed": assignments,
        "partner_access_new": assignments,
        "feed_failing": newest(gathered),
        "credential_expired": newest(applications),
    }
