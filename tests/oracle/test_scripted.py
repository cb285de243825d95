"""The invented histories hold what they promise: every case that the warehouse must get right."""

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.oracle.captures import Capture, Life, Run, TenantSetting
from tests.oracle.posture_judge import Verdict
from tests.oracle.scripted import ScriptedTenant

TODAY = date(2026, 6, 20)
DAYS = 60
COLLECTED = (0, 1, 2, 3, 5, 6, 9, 10)


def reported(seed: str) -> Life:
    """A life collected straight from the script, without any server."""
    tenant = ScriptedTenant(seed, seed, TODAY - timedelta(days=DAYS), DAYS + 12)
    runs, captures = [], []
    for order, offset in enumerate(COLLECTED):
        today = TODAY + timedelta(days=offset)
        runs.append(Run(order, today, (TenantSetting(seed),)))
        days = [today - timedelta(days=back) for back in range(DAYS)]
        records = [record for day in days if (record := tenant.record(day, today)) is not None]
        for feed, found in (
            ("secure_scores", records),
            ("secure_score_control_profiles", tenant.profiles(today)),
        ):
            captures.append(Capture(seed, feed, today, order, "ok", tuple(found)))
    return Life(tuple(runs), tuple(captures))


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [Verdict(reported(seed)) for seed in ("oak", "elm", "yew")]


def seen(verdicts: list[Verdict], model: str, column: str) -> Counter[object]:
    return Counter(value for v in verdicts for value in v.frames[model][column].tolist())


def test_every_source_of_a_maximum_occurs(verdicts: list[Verdict]) -> None:
    sources = seen(verdicts, "fct_control_score_daily", "max_source")
    assert set(sources) >= {"profile", "first_profile", "derived", "carried", "unknown"}


def test_states_levels_and_copies_of_every_kind_occur(verdicts: list[Verdict]) -> None:
    model = "fct_control_score_daily"
    assert len(seen(verdicts, model, "state")) >= 5
    assert set(seen(verdicts, model, "implementation_level")) >= {"none", "partial", "full"}
    assert set(seen(verdicts, model, "is_backfilled")) == {True, False}
    assert set(seen(verdicts, model, "counts_in_maximum")) == {True, False, None}
    assert set(seen(verdicts, model, "match_status")) == {"matched", "score_only"}


def test_every_kind_of_trouble_occurs(verdicts: list[Verdict]) -> None:
    kinds = set(seen(verdicts, "score_issues", "kind"))
    assert kinds >= {"gap", "copies", "duplicate", "score_sum", "max_sum", "score_only"}


def test_a_script_tells_the_same_story_every_time() -> None:
    assert reported("oak") == reported("oak")
    assert reported("oak") != reported("elm")
