"""The verdict: from raw captures alone, what every published fact has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from tests.oracle.action_marts import portfolio_rows
from tests.oracle.captures import Life
from tests.oracle.comparison import averages_of, comparison_rows, trend_rows
from tests.oracle.roles import role_rows
from tests.oracle.scores import TenantScores
from tests.oracle.tenant_verdict import TenantVerdict

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """Expected frames by model name, in no order; built only from the life given."""

    life: Life

    @cached_property
    def tenants(self) -> Mapping[str, TenantVerdict]:
        return {t: TenantVerdict(self.life, t) for t in self.life.tenant_ids}

    @cached_property
    def scores(self) -> dict[str, TenantScores]:
        return {tenant_id: one.scores for tenant_id, one in self.tenants.items()}

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for tenant_id, one in self.tenants.items():
            for model, rows in one.rows().items():
                named = ({"tenant_id": tenant_id} | row for row in rows)
                found.setdefault(model, []).extend(named)
        return found | self._of_all(found)

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        return {model: pd.DataFrame(found) for model, found in self.rows.items()}

    def _of_all(self, found: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
        """What is said across tenants."""
        averages = averages_of(found["fct_score_benchmark_daily"])
        tenants, as_of = found["dim_tenant"], self.life.as_of
        active = [self.scores[row["tenant_id"]] for row in tenants if row["is_active"]]
        return {
            "dim_role": list(role_rows({t: one.roles for t, one in self.tenants.items()})),
            "mart_control_portfolio": list(portfolio_rows(active, as_of)),
            "mart_tenant_comparison": list(comparison_rows(tenants, self.scores, averages, as_of)),
            "mart_portfolio_trend": list(
                trend_rows(self.scores, found["fct_tenant_daily"], averages)
            ),
        }
