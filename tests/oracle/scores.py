"""The score facts of one tenant: controls, scopes and benchmarks of every day shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.oracle.captures import Life
from tests.oracle.counting import counting, total
from tests.oracle.maxima import Maximum, maxima
from tests.oracle.profiles import Catalogue
from tests.oracle.records import ScoreRecord, score_records
from tests.oracle.values import HUNDRED, decimal, lower, moment, number, ratio

IDENTITY_SECURE_SCORE = frozenset(
    {
        "adminmfav2",
        "mfaregistrationv2",
        "blocklegacyauthentication",
        "pwagepolicynew",
        "signinriskpolicy",
        "userriskpolicy",
        "integratedapps",
        "oneadmin",
        "roleoverlap",
        "selfservicepasswordreset",
        "passwordhashsync",
    }
)
BENCHMARK_CATEGORIES = ("Apps", "Data", "Device", "Identity", "Infrastructure")
Row = dict[str, Any]


@dataclass(frozen=True)
class ControlDay:
    """One control scored on one day, with everything decided about it."""

    tenant_id: str
    day: date
    control_id: str
    category: str | None
    service: str | None
    score: Decimal | None
    maximum: Maximum
    state: str | None
    counts: bool | None
    matched: bool
    implementation_status: str | None
    last_synced: str | None
    is_backfilled: bool

    @property
    def ratio(self) -> Decimal | None:
        return ratio(self.score, self.maximum.points)

    @property
    def level(self) -> str:
        if self.ratio is None:
            return "unknown"
        return "none" if self.ratio <= 0 else "full" if self.ratio >= 1 else "partial"

    def scopes(self) -> Iterator[str]:
        if self.category is not None:
            yield f"category:{self.category}"
        if self.service is not None:
            yield f"service:{self.service}"
        if self.control_id.lower() in IDENTITY_SECURE_SCORE:
            yield "identity_secure_score"

    def row(self) -> Row:
        return {
            "tenant_id": self.tenant_id,
            "score_date": self.day,
            "control_id": self.control_id,
            "control_category": self.category,
            "service": self.service,
            "score_points": number(self.score),
            "max_points": number(self.maximum.points),
            "max_source": self.maximum.source,
            "score_ratio": number(self.ratio),
            "implementation_level": self.level,
            "implementation_status": self.implementation_status,
            "state": self.state,
            "counts_in_maximum": self.counts,
            "match_status": "matched" if self.matched else "score_only",
            "last_synced_at": moment(self.last_synced),
            "is_backfilled": self.is_backfilled,
        }


@dataclass(frozen=True)
class TenantScores:
    """Everything about the scores of one tenant; days in order."""

    tenant_id: str
    records: Mapping[date, ScoreRecord]
    catalogue: Catalogue
    controls: Mapping[date, tuple[ControlDay, ...]]

    @cached_property
    def scored_names(self) -> dict[str, str]:
        """Profile id -> the name under which the control is scored."""
        scored = {control.control_id for day in self.controls.values() for control in day}
        joined = {name: self.catalogue.profile_id(name) for name in scored}
        return {profile: name for name, profile in joined.items() if profile is not None}


def tenant_scores(life: Life, tenant_id: str) -> TenantScores:
    records = score_records(life, tenant_id)
    catalogue = Catalogue(life.snapshots(tenant_id, "secure_score_control_profiles"))
    found = maxima(records, catalogue)
    days = {
        day: tuple(_controls(tenant_id, record, catalogue, found[day]))
        for day, record in records.items()
    }
    return TenantScores(tenant_id, records, catalogue, days)


def _controls(
    tenant_id: str,
    record: ScoreRecord,
    catalogue: Catalogue,
    found: Mapping[str, Maximum],
) -> Iterator[ControlDay]:
    day = record.day
    states = {name: catalogue.of(name).state_on(day) for name in record.controls}
    counts = counting(record, found, states)
    for name, control in record.controls.items():
        history, detail = catalogue.of(name), record.detail(name)
        profile = history.shown_on(day) or {}
        yield ControlDay(
            tenant_id=tenant_id,
            day=day,
            control_id=name,
            category=control.get("controlCategory"),
            service=profile.get("service"),
            score=decimal(control.get("score")),
            maximum=found[name],
            state=states[name],
            counts=counts[name],
            matched=bool(history),
            implementation_status=detail.get("implementationStatus"),
            last_synced=detail.get("lastSynced"),
            is_backfilled=record.is_backfilled,
        )


def scope_rows(scores: TenantScores) -> Iterator[Row]:
    for day, controls in scores.controls.items():
        record = scores.records[day]
        reported = (
            decimal(record.chosen.get("currentScore")),
            decimal(record.chosen.get("maxScore")),
        )
        yield _scope_row(record, scores.tenant_id, "overall", controls, reported)
        counted = tuple(c for c in controls if c.counts is not False)
        by_scope: dict[str, list[ControlDay]] = {}
        for control in counted:
            for scope in control.scopes():
                by_scope.setdefault(scope, []).append(control)
        for scope, members in by_scope.items():
            sums = total(c.score for c in members), total(c.maximum.points for c in members)
            yield _scope_row(record, scores.tenant_id, scope, members, sums)


def _scope_row(
    record: ScoreRecord,
    tenant_id: str,
    scope: str,
    members: Sequence[ControlDay],
    sums: tuple[Decimal | None, Decimal | None],
) -> Row:
    counted = [c for c in members if c.counts is not False]
    known = [c for c in counted if c.maximum.points is not None]
    return {
        "tenant_id": tenant_id,
        "score_date": record.day,
        "scope": scope,
        "score_points": number(sums[0]),
        "max_points": number(sums[1]),
        "score_ratio": number(ratio(*sums)),
        "known_score_ratio": number(
            ratio(total(c.score for c in known), total(c.maximum.points for c in known))
        ),
        "unknown_max_count": len(counted) - len(known),
        "control_count": len(counted),
        "is_backfilled": record.is_backfilled,
    }


def benchmark_rows(scores: TenantScores) -> Iterator[Row]:
    for day, record in scores.records.items():
        for average in record.chosen.get("averageComparativeScores") or ():
            key = {
                "tenant_id": scores.tenant_id,
                "score_date": day,
                "basis": average.get("basis"),
            }
            yield from ({**key, **row} for row in _averages(average))


def _averages(average: Mapping[str, Any]) -> Iterator[Row]:
    overall = _present(average, "averagescore")
    if overall is not None:
        yield {
            "category": "overall",
            "average_ratio": number(overall / HUNDRED),
            "average_points": None,
            "average_max_points": None,
        }
    for category in BENCHMARK_CATEGORIES:
        points = _present(average, f"{category.lower()}score")
        if points is not None:
            maximum = _present(average, f"{category.lower()}scoremax")
            yield {
                "category": category,
                "average_ratio": number(ratio(points, maximum)),
                "average_points": number(points),
                "average_max_points": number(maximum),
            }


def _present(average: Mapping[str, Any], member: str) -> Decimal | None:
    """The member whatever its case; a negative number is Graph's word for absent."""
    value = next((v for key, v in average.items() if lower(key) == member), None)
    found = decimal(value)
    return None if found is None or found < 0 else found
