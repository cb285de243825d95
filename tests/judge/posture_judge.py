"""The verdict: from raw captures alone, what every published fact has to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from tests.judge import marts, posture, tenants
from tests.judge.captures import Life
from tests.judge.holdings import assignment_rows, principal_rows
from tests.judge.movements import movement_rows
from tests.judge.roles import Roles, role_rows, tenant_roles
from tests.judge.score_changes import ScoreChanges, change_rows
from tests.judge.scores import TenantScores, benchmark_rows, scope_rows, tenant_scores

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """Expected frames by model name, in no order; built only from the life given."""

    life: Life

    @cached_property
    def scores(self) -> dict[str, TenantScores]:
        return {t: tenant_scores(self.life, t) for t in self.life.tenant_ids}

    @cached_property
    def roles(self) -> dict[str, Roles]:
        return {t: tenant_roles(self.life, t) for t in self.life.tenant_ids}

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        assignments = {t: list(assignment_rows(t, r)) for t, r in self.roles.items()}
        per_tenant = self.scores.items()
        changes = [ScoreChanges(self.life, s) for s in self.scores.values()]
        rows: dict[str, Iterable[Row]] = {
            "dim_tenant": [tenants.tenant_row(self.life, t, s.records) for t, s in per_tenant],
            "dim_control": [row for s in self.scores.values() for row in self._controls(s)],
            "dim_role": role_rows(self.roles),
            "dim_principal": _each(principal_rows(t, r) for t, r in self.roles.items()),
            "fct_tenant_daily": _each(
                tenants.tenant_rows(self.life, t, s.records) for t, s in per_tenant
            ),
            "fct_control_score_daily": [
                control.row()
                for s in self.scores.values()
                for day in s.controls.values()
                for control in day
            ],
            "fct_tenant_score_daily": _each(map(scope_rows, self.scores.values())),
            "fct_score_benchmark_daily": _each(map(benchmark_rows, self.scores.values())),
            "fct_role_assignment_daily": _each(assignments.values()),
            "fct_identity_posture_daily": _each(
                posture.posture_rows(self.life, t, s, assignments[t]) for t, s in per_tenant
            ),
            "fct_score_change": _each(map(change_rows, changes)),
            "mart_score_movement": _each(map(movement_rows, changes)),
            "mart_posture_overview": [
                row for s in self.scores.values() if (row := marts.overview_row(s)) is not None
            ],
            "mart_recommended_actions": _each(map(marts.action_rows, self.scores.values())),
            "mart_data_quality": _each(map(marts.quality_rows, self.scores.values())),
        }
        return {model: pd.DataFrame(list(found)) for model, found in rows.items()}

    def _controls(self, tenant: TenantScores) -> Iterable[Row]:
        for profile_id in tenant.catalogue.profile_ids:
            first = tenant.catalogue.of(profile_id).captures[0][0]
            for day in tenant.catalogue.snapshots:
                if day >= first:
                    yield marts.profile_row(tenant, profile_id, day)


def _each(groups: Iterable[Iterable[Row]]) -> list[Row]:
    return [row for group in groups for row in group]
