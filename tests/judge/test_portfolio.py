"""What the pipeline publishes is what the judge computes from the raw responses, to the row."""

import pytest

from tests.judge.compare import assert_same
from tests.judge.expected_models import FACTS
from tests.judge.portfolio import BUILT, Portfolio
from tests.judge.posture_judge import Verdict

pytestmark = pytest.mark.xdist_group("judge")


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
    verdict = Verdict(portfolio.lives[step])
    for model, held in FACTS.items():
        assert_same(
            f"{model} after collection day {step + 1}",
            verdict.frames[model],
            portfolio.snapshots[step][model],
            key=held.key,
            columns=held.columns,
        )
