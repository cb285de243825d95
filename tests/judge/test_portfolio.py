"""What the pipeline publishes is what the judge computes from the raw responses, to the row."""

from collections import Counter

import pandas as pd
import pytest

from tests.judge.compare import assert_same, plain
from tests.judge.expected_models import FACTS
from tests.judge.portfolio import BUILT, Portfolio, Rebuilt
from tests.judge.posture_judge import Verdict
from tests.judge.roles import role_rows, tenant_roles


@pytest.mark.parametrize("model", FACTS)
def test_every_fact_equals_the_judges(portfolio: Portfolio, verdict: Verdict, model: str) -> None:
    held = FACTS[model]
    assert_same(
        model,
        verdict.frames[model],
        portfolio.snapshots[BUILT[-1]][model],
        key=held.key,
        columns=held.columns,
    )


@pytest.mark.parametrize("step", BUILT[:-1])
def test_every_fact_was_right_at_each_build_on_the_way(portfolio: Portfolio, step: int) -> None:
    life = portfolio.lives[step]
    frames = Verdict(life.only(portfolio.hostile)).frames
    # Roles belong to no tenant.
    frames["dim_role"] = pd.DataFrame(
        list(role_rows({one: tenant_roles(life, one) for one in life.tenant_ids}))
    )
    for model, held in FACTS.items():
        found = portfolio.snapshots[step][model]
        if "tenant_id" in held.key:
            found = found[found["tenant_id"].isin(portfolio.hostile)]
        assert_same(
            f"{model} after collection day {step + 1}",
            frames[model],
            found,
            key=held.key,
            columns=held.columns,
        )


def test_building_day_by_day_and_at_once_publish_the_same_facts(
    portfolio: Portfolio, rebuilt: Rebuilt
) -> None:
    lived = portfolio.snapshots[BUILT[-1]]
    assert set(lived) == set(rebuilt.snapshot)
    for model in sorted(set(lived) - {"fct_collection"}):
        kept = [c for c in lived[model].columns if c not in ("collected_at", "run_id")]
        one, other = (_rows(frames[model][kept]) for frames in (lived, rebuilt.snapshot))
        assert one == other, f"{model}: {sum((one - other).values())} rows only day by day"


def _rows(frame: pd.DataFrame) -> Counter[str]:
    columns = [frame[name].astype(object).map(plain) for name in frame.columns]
    return Counter(map(repr, zip(*columns, strict=True)))
