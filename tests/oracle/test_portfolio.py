"""What the pipeline publishes is what the judge computes from the raw responses, to the row."""

import duckdb
import pandas as pd
import pytest

from pipeline.home import Home
from tests.oracle.compare import assert_same
from tests.oracle.expected_models import ACROSS, MODELS
from tests.oracle.portfolio import BUILT, Portfolio, published_files
from tests.oracle.posture_judge import Verdict
from tests.oracle.roles import role_rows, tenant_roles

# The log is what the collection says of itself.
UNJUDGED = {"fct_collection", "dim_tenant_access"}


@pytest.mark.parametrize("model", MODELS)
def test_every_fact_and_mart_equals_the_judges(
    portfolio: Portfolio, verdict: Verdict, model: str
) -> None:
    held = MODELS[model]
    published = portfolio.snapshots[BUILT[-1]][held.model or model]
    expected = verdict.frames[model]
    assert len(expected) > 0
    assert_same(model, expected, held.rows(published), key=held.key, columns=held.columns)


@pytest.mark.parametrize("kind", ["fct", "mart"])
def test_no_public_fact_or_mart_goes_unjudged(portfolio: Portfolio, kind: str) -> None:
    public = {model for model in portfolio.snapshots[BUILT[-1]] if model.startswith(kind)}
    assert public - set(MODELS) == UNJUDGED & public


@pytest.mark.parametrize("step", BUILT[:-1])
def test_every_tenant_of_trouble_was_right_at_each_build_on_the_way(
    portfolio: Portfolio, step: int
) -> None:
    life = portfolio.lives[step]
    frames = Verdict(life.only(portfolio.hostile), portfolio=life).frames
    for model, held in MODELS.items():
        if model in ACROSS:
            continue
        found = held.rows(portfolio.snapshots[step][held.model or model])
        assert_same(
            f"{model} after collection day {step + 1}",
            frames[model],
            found[found["tenant_id"].isin(portfolio.hostile)],
            key=held.key,
            columns=held.columns,
        )


@pytest.mark.parametrize("step", BUILT[:-1])
def test_every_role_was_right_at_each_build_on_the_way(portfolio: Portfolio, step: int) -> None:
    held, life = MODELS["dim_role"], portfolio.lives[step]
    rows = role_rows({one: tenant_roles(life, one) for one in life.tenant_ids})
    published = portfolio.snapshots[step]["dim_role"]
    expected = pd.DataFrame(list(rows))
    assert_same("dim_role", expected, published, key=held.key, columns=held.columns)


def test_building_day_by_day_and_at_once_publish_the_same_facts(
    portfolio: Portfolio, rebuilt: Home
) -> None:
    lived, anew = (published_files(home.published) for home in (portfolio.home, rebuilt))
    assert set(lived) == set(anew)
    for model in sorted(set(lived) - {"fct_collection"}):
        one, other = lived[model], anew[model]
        assert _only_in(one, other) == 0, f"{model}: rows only day by day"
        assert _only_in(other, one) == 0, f"{model}: rows only at once"


def _only_in(one: list[str], other: list[str]) -> int:
    """How many rows of some files the others lack, to the last bit."""
    rows = "select columns(c -> c not in ('collected_at', 'run_id')) from read_parquet({!r})"
    query = f"select count(*) from ({rows.format(one)} except all {rows.format(other)})"
    with duckdb.connect() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
