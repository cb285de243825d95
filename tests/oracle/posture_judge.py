"""The verdict: from raw captures alone, what every published fact has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from tests.oracle.action_marts import portfolio_rows
from tests.oracle.captures import Life
from tests.oracle.comparison import averages_of, comparison_rows
from tests.oracle.inferred import inferred
from tests.oracle.roles import Roles, role_rows
from tests.oracle.score_changes import Inferred, ScoreChanges
from tests.oracle.scores import TenantScores, tenant_scores
from tests.oracle.tenant_verdict import TenantVerdict
from tests.oracle.trend import trend_rows

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """Expected frames by model name, in no order; built only from the life given.

    `portfolio` is the life of all tenants, where `life` is that of a few of them.
    """

    life: Life
    portfolio: Life | None = None

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Only the frames stay: the rows of a portfolio take several times their room."""
        found: dict[str, list[Row]] = {}
        scores = {one: tenant_scores(self.life, one) for one in self.life.tenant_ids}
        roles: dict[str, Roles] = {}
        told = self._inferred(scores)
        for tenant_id in self.life.tenant_ids:
            one = TenantVerdict(self.life, tenant_id, scores[tenant_id], told.get(tenant_id, {}))
            roles[tenant_id] = one.roles
            for model, rows in one.rows().items():
                named = ({"tenant_id": tenant_id} | row for row in rows)
                found.setdefault(model, []).extend(named)
        found |= self._of_all(found, scores, roles)
        return {model: pd.DataFrame(found.pop(model)) for model in list(found)}

    def _inferred(self, scores: Mapping[str, TenantScores]) -> Mapping[str, Inferred]:
        life = self.portfolio or self.life
        return inferred(
            ScoreChanges(life, scores.get(one) or tenant_scores(life, one))
            for one in life.tenant_ids
        )

    def _of_all(
        self,
        found: Mapping[str, list[Row]],
        scores: Mapping[str, TenantScores],
        roles: Mapping[str, Roles],
    ) -> dict[str, list[Row]]:
        """What is said across tenants."""
        averages = averages_of(found["fct_score_benchmark_daily"])
        tenants, as_of = found["dim_tenant"], self.life.as_of
        active = [scores[row["tenant_id"]] for row in tenants if row["is_active"]]
        return {
            "dim_role": list(role_rows(roles)),
            "mart_control_portfolio": list(portfolio_rows(active, as_of)),
            "mart_tenant_comparison": list(comparison_rows(tenants, scores, averages, as_of)),
            "mart_portfolio_trend": list(
                trend_rows(self.life, scores, found["fct_tenant_daily"], averages)
            ),
        }
