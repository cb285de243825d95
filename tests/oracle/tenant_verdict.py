"""All that is judged of one tenant, from its raw captures alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tests.oracle import action_marts, entra, marts, seats, tenants
from tests.oracle.access import access_rows, evidence_rows
from tests.oracle.alerts import alert_rows
from tests.oracle.audits import who_rows
from tests.oracle.bundle import ACTION, age_of, is_offered
from tests.oracle.captures import Life
from tests.oracle.days import Gathered, gathered_days
from tests.oracle.declarations import declaration_rows
from tests.oracle.feed_quality import doubt_rows
from tests.oracle.movements import movement_rows
from tests.oracle.partners import partner_rows
from tests.oracle.posture import posture_rows
from tests.oracle.practices import practice_rows
from tests.oracle.principals import principal_rows
from tests.oracle.ranking import ranked_rows, roadmap_rows
from tests.oracle.roles import Roles, tenant_roles
from tests.oracle.score_changes import Inferred, ScoreChanges, change_rows
from tests.oracle.scores import TenantScores, benchmark_rows, scope_rows
from tests.oracle.settings import setting_rows
from tests.oracle.zero_trust import zero_trust_rows

Row = dict[str, Any]


@dataclass(frozen=True)
class TenantVerdict:
    """Built only from the life given; each part is found once."""

    life: Life
    tenant_id: str
    scores: TenantScores
    # What the portfolio says of the tenant's controls.
    inferred: Inferred

    @cached_property
    def roles(self) -> Roles:
        return tenant_roles(self.life, self.tenant_id)

    @cached_property
    def gathered(self) -> dict[date, Gathered]:
        return gathered_days(self.life, self.tenant_id, self.roles)

    @cached_property
    def asked(self) -> dict[date, set[str]]:
        return entra.asked_applications(self.life, self.tenant_id, self.gathered)

    @cached_property
    def applications(self) -> list[Row]:
        return list(entra.application_rows(self.life, self.tenant_id, self.asked))

    @cached_property
    def tenant(self) -> Row:
        records = self.scores.records
        row = tenants.tenant_row(self.life, self.tenant_id, records)
        return row | seats.newest_coverage(self.life, self.tenant_id, records)

    @cached_property
    def practices(self) -> list[Row]:
        """Of the newest day on which something was asked; none where nothing ever was."""
        if not self.gathered:
            return []
        day, records = max(self.gathered), self.scores.records
        one, newest = self.gathered[day], self.scores.controls[max(records)] if records else ()
        tier, _ = tenants.licence_on(self.life, self.tenant_id, day, records)
        levels = {control.control_id.lower(): control.level for control in newest}
        rows = practice_rows(one.day, one.assignments, one.people, tier, levels)
        for row in rows:
            row["missing_seat_count"] = seats.missing_for_practice(
                self.life, self.tenant_id, day, records, row["practice"]
            )
        return rows

    @cached_property
    def is_offered(self) -> bool:
        """Whether security defaults can be turned on, as far as the newest day knows."""
        return bool(self.gathered) and is_offered(self.gathered[max(self.gathered)].day)

    @cached_property
    def actions(self) -> tuple[list[Row], list[Row]]:
        """Those in order, and those that security defaults stand for."""
        tier = self.tenant["licence_tier"]
        short = seats.shortfalls(self.life, self.tenant_id, self.scores.records)
        return ranked_rows(self.scores, tier, is_offered=self.is_offered, short=short)

    def rows(self) -> Mapping[str, Iterable[Row]]:
        """By model, whether or not each row names the tenant."""
        life, scores, gathered = self.life, self.scores, self.gathered
        changes = ScoreChanges(life, scores, self.inferred)
        statuses = {row["practice"]: row["status"] for row in self.practices}
        overview = marts.overview_row(scores, self.actions[0])
        last_seen = self.tenant["last_seen_date"]
        return {
            "dim_tenant": [self.tenant],
            "dim_control": self._profiles(),
            "dim_principal": principal_rows(self.tenant_id, gathered, self.asked),
            "fct_tenant_daily": self._tenant_days(),
            "fct_control_score_daily": [c.row() for day in scores.controls.values() for c in day],
            "fct_tenant_score_daily": [
                *scope_rows(scores),
                *entra.entra_scores(life, self.tenant_id),
            ],
            "fct_score_benchmark_daily": benchmark_rows(scores),
            "fct_score_change": change_rows(changes),
            "fct_role_assignment_daily": _of_days(one.assignments for one in gathered.values()),
            "fct_principal_posture_daily": _of_days(one.people for one in gathered.values()),
            "fct_policy_daily": _of_days(one.policies for one in gathered.values()),
            "fct_risk_daily": entra.risks(life, self.tenant_id, gathered),
            "fct_application_privilege_daily": self.applications,
            "fct_recommendation_daily": entra.recommendations(life, self.tenant_id),
            "fct_tenant_setting_daily": _of_days(
                setting_rows(life, self.tenant_id, day) for day in gathered
            ),
            "fct_identity_posture_daily": posture_rows(life, self.tenant_id, scores, gathered),
            "mart_score_movement": movement_rows(changes),
            "mart_posture_overview": [] if overview is None else [overview],
            "mart_recommended_actions": self._actions(),
            "mart_roadmap": roadmap_rows(scores, self.actions[0]),
            "mart_remediation_log": action_marts.event_rows(scores),
            "who_changed_policies": who_rows(life, self.tenant_id, gathered, scores.records),
            "mart_exceptions": action_marts.exception_rows(scores, last_seen),
            "mart_data_quality": doubt_rows(life, self.tenant),
            "score_issues": marts.quality_rows(scores),
            "mart_best_practices": self.practices,
            "mart_privileged_access": access_rows(gathered),
            "mart_partner_access": partner_rows(gathered),
            "mart_declared_principals": declaration_rows(life, self.tenant_id, gathered),
            "mart_control_evidence": evidence_rows(gathered, scores),
            "mart_zero_trust": zero_trust_rows(scores, statuses),
            "mart_alerts": alert_rows(life, scores, gathered, self.applications),
        }

    def _tenant_days(self) -> Iterator[Row]:
        records = self.scores.records
        for row in tenants.tenant_rows(self.life, self.tenant_id, records):
            day = row["snapshot_date"]
            yield row | seats.coverage_on(self.life, self.tenant_id, day, records)

    def _profiles(self) -> Iterator[Row]:
        catalogue = self.scores.catalogue
        for profile_id in catalogue.profile_ids:
            first = catalogue.of(profile_id).captures[0][0]
            for day in catalogue.snapshots:
                if day >= first:
                    yield marts.profile_row(self.scores, profile_id, day)

    def _actions(self) -> Iterator[Row]:
        ages = {row["control_id"]: row for row in action_marts.age_rows(self.scores)}
        ranked, parts = self.actions
        parts = [row | ages[row["control_id"]] for row in parts]
        yield from parts
        for row in ranked:
            yield row | (age_of(parts) if row["control_id"] == ACTION else ages[row["control_id"]])


def _of_days(days: Iterable[Iterable[Row]]) -> list[Row]:
    return [row for day in days for row in day]
