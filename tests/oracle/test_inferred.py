"""What the judge reads from the portfolio: one hand-made case a rule."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.oracle.captures import Capture, Life, Run, TenantSetting
from tests.oracle.hand import capture, control, profile, profiles, record, scores
from tests.oracle.posture_judge import Verdict

STAYS = control("A", 5.0, 50.0)
COMES = control("B", 1.0, 100.0)
Told = dict[str, tuple[str, Any, Any, Any]]


def lived(**tenants: Iterable[Capture]) -> Life:
    captures = [replace(one, tenant_id=tenant) for tenant, made in tenants.items() for one in made]
    days = sorted({one.extract_date for one in captures})
    settings = tuple(TenantSetting(tenant) for tenant in tenants)
    runs = tuple(Run(order, run_date, settings) for order, run_date in enumerate(days))
    return Life(runs, tuple(captures))


def met(number: int | None, *more: Capture, last: int = 20) -> list[Capture]:
    """A tenant with a record a day, in whose score B is from a day on, or never."""
    days = [
        record(n, [STAYS, *([COMES] if number and n >= number else [])], maxScore=None)
        for n in range(1, last + 1)
    ]
    return [scores(last, *days), *_catalogue(last), *more]


def lost(number: int) -> list[Capture]:
    days = [
        record(n, [STAYS, *([COMES] if n < number else [])], maxScore=None) for n in range(1, 21)
    ]
    return [scores(20, *days), *_catalogue(20)]


def weighed(number: int | None, *, maximum: float = 20.0, is_rich: bool = False) -> list[Capture]:
    """A tenant with a control that counts for more from a day on."""
    seen = {"lastSynced": "2026-03-01T00:00:00Z"} if is_rich else {}
    days = [
        record(n, [control("A", (maximum if number and n >= number else 10.0) / 2, 50.0, **seen)])
        for n in range(1, 21)
    ]
    return [scores(20, *days), profiles(20, profile("A", maximum if number else 10.0))]


def _catalogue(last: int) -> list[Capture]:
    return [profiles(last, profile("A", 10.0), profile("B", 1.0))]


def rows_of(life: Life, control_id: str = "B", scope: str = "overall") -> Told:
    found = Verdict(life).frames["fct_score_change"]
    found = found[(found["control_id"] == control_id) & (found["scope"] == scope)]
    return {
        row.tenant_id: (
            row.cause,
            row.is_microsoft_change,
            row.is_inferred,
            int(row.inferred_from_tenant_count) if row.is_inferred else None,
        )
        for row in found.itertuples()
    }


def causes(life: Life, control_id: str = "B") -> dict[str, tuple[str, int | None]]:
    return {one: (told[0], told[3]) for one, told in rows_of(life, control_id).items()}


UNTOLD = ("scored_set_changed", None)


def test_what_came_in_three_tenants_was_added_by_microsoft() -> None:
    made = lived(a=met(5), b=met(6), c=met(8), d=met(None), e=met(None), f=met(None))
    told = ("control_added", True, True, 3)
    assert rows_of(made) == {"a": told, "b": told, "c": told}
    assert rows_of(made, scope="service:AzureAD") == {"a": told, "b": told, "c": told}


def test_what_left_three_tenants_was_retired() -> None:
    made = lived(a=lost(5), b=lost(5), c=lost(5))
    assert set(rows_of(made).values()) == {("control_retired", True, True, 3)}


def test_two_tenants_tell_nothing() -> None:
    assert causes(lived(a=met(5), b=met(5))) == {"a": UNTOLD, "b": UNTOLD}


def test_fewer_than_half_of_those_scored_on_the_service_tell_nothing() -> None:
    others = {f"o{n}": met(None) for n in range(4)}
    assert set(causes(lived(a=met(5), b=met(5), c=met(5), **others)).values()) == {UNTOLD}


@pytest.mark.parametrize("missing", ["another service", "no record then"])
def test_who_is_not_scored_on_the_service_then_is_no_half(missing: str) -> None:
    elsewhere = profiles(20, profile("A", 10.0, service="EXO"), profile("B", 1.0))
    other = [met(None)[0], elsewhere] if missing == "another service" else met(None, last=4)
    others = {f"o{n}": other for n in range(4)}
    made = lived(a=met(5), b=met(5), c=met(5), **others)
    assert set(causes(made).values()) == {("control_added", 3)}


def test_three_days_after_the_first_is_within_and_four_is_not() -> None:
    assert causes(lived(a=met(5), b=met(7), c=met(9))) == {"a": UNTOLD, "b": UNTOLD, "c": UNTOLD}
    near = causes(lived(a=met(5), b=met(7), c=met(8), d=met(9)))
    # Of the days from the 5th and of those from the 7th on, each has three tenants.
    assert near == dict.fromkeys("abcd", ("control_added", 3))


def test_the_most_tenants_of_any_three_days_are_told() -> None:
    made = lived(a=met(5), b=met(7), c=met(8), d=met(10), e=met(10))
    found = causes(made)
    assert found["a"] == ("control_added", 3)
    assert {found[one] for one in "bcde"} == {("control_added", 4)}


def test_a_tenant_whose_services_changed_counts_for_nothing_and_keeps_its_cause() -> None:
    sku = {"skuId": "e3", "capabilityStatus": "Enabled", "prepaidUnits": {"enabled": 1}}
    bought = [
        capture(2, "subscribed_skus", [sku]),
        capture(5, "subscribed_skus", [sku, sku | {"skuId": "e5"}]),
    ]
    made = causes(lived(a=met(5), b=met(5), c=met(5, *bought)))
    assert made == {"a": UNTOLD, "b": UNTOLD, "c": ("service_gained", None)}


def test_a_tenant_whose_catalogue_tells_counts_and_is_not_inferred() -> None:
    caught = [profiles(4, profile("A", 10.0)), profiles(5, profile("A", 10.0), profile("B", 1.0))]
    made = causes(lived(a=met(5), b=met(5), c=met(5, *caught)))
    assert made == {
        "a": ("control_added", 3),
        "b": ("control_added", 3),
        "c": ("control_added", None),
    }


def test_what_came_here_and_left_there_is_not_the_same() -> None:
    assert set(causes(lived(a=met(5), b=met(5), c=lost(5))).values()) == {UNTOLD}


def test_a_maximum_that_changed_in_backfill_keeps_its_cause_and_is_said_to_be_inferred() -> None:
    made = lived(a=weighed(5), b=weighed(6), c=weighed(7))
    assert set(rows_of(made, "A").values()) == {("max_changed", True, True, 3)}


@pytest.mark.parametrize(
    "other",
    [weighed(7, maximum=6.0), weighed(7, is_rich=True), weighed(11)],
    ids=["lowered", "captured", "later"],
)
def test_a_maximum_is_inferred_from_none_but_the_like(other: Sequence[Capture]) -> None:
    made = lived(a=weighed(5), b=weighed(6), c=other)
    assert set(rows_of(made, "A").values()) == {("max_changed", True, False, None)}


def test_a_movement_counts_it_as_microsofts() -> None:
    frames = Verdict(lived(a=met(5), b=met(5), c=met(5))).frames
    moved = frames["mart_score_movement"]
    month = moved[(moved["period"] == "month:2026-03") & (moved["scope"] == "overall")]
    assert month["microsoft_points"].tolist() == [1.0] * 3
    assert month["microsoft_max_points"].tolist() == [1.0] * 3


def test_what_came_between_two_ratios_is_microsofts_part_of_the_ratio() -> None:
    unknown = control("C", 0.0, None)
    days = [
        record(n, [STAYS, *([COMES] if n >= 5 else []), *([unknown] if n in (5, 6) else [])])
        for n in range(1, 21)
    ]
    gone = [scores(20, *days), *_catalogue(20)]
    frames = Verdict(lived(a=gone, b=gone, c=gone)).frames
    moved = frames["mart_score_movement"]
    month = moved[(moved["period"] == "month:2026-03") & (moved["scope"] == "category:Identity")]
    assert month["microsoft_ratio"].tolist() == pytest.approx([6 / 11 - 5 / 10] * 3)
