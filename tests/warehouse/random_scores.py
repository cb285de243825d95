"""Random score facts of one tenant, and the rows that the models of score changes read of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

TENANT = "t"
FIRST = date(2026, 3, 1)
NAMES = ("AdminMFAV2", "oneadmin", "other", "another")
POINTS = st.one_of(
    st.sampled_from([0.0, 1.0, 2.5, 5.0]),
    st.integers(0, 1000).map(lambda cents: cents / 100),
    st.integers(1, 30).map(lambda number: number / 7),
)
MAXIMA = st.one_of(st.sampled_from([None, 0.0]), POINTS, POINTS.map(lambda points: points + 1))
COUNTS = st.sampled_from([True, True, True, False, None])
Row = dict[str, Any]

INPUTS = {
    "core.fct_control_score_daily": "tenant_id varchar, score_date date, control_id varchar, "
    "control_category varchar, service varchar, score_points double, max_points double, "
    "total_count bigint, state varchar, counts_in_maximum boolean",
    "intermediate.int_control_scores": "tenant_id varchar, score_date date, control_id varchar, "
    "score_percentage double",
    "intermediate.int_score_records_chosen": "tenant_id varchar, score_date date, "
    "current_score double, max_score double, is_backfilled boolean, collected_at timestamp",
    "intermediate.int_score_days_to_rebuild": "tenant_id varchar, score_date date",
    "intermediate.int_score_scope_days_to_rebuild": "tenant_id varchar, score_date date",
    "intermediate.int_entra_scores": "tenant_id varchar, score_date date, score_points double, "
    "max_points double, collected_at timestamp",
    "intermediate.int_build_date": "as_of_date date",
    "intermediate.int_scored_set_events_dated": "tenant_id varchar, control_id varchar, "
    "reason varchar, changed_date date, is_current boolean, is_news boolean",
    "intermediate.int_inferred_changes_dated": "tenant_id varchar, score_date date, "
    "control_id varchar, kind varchar, tenant_count bigint, is_current boolean, is_news boolean",
    "intermediate.int_control_states_dated": "tenant_id varchar, control_id varchar, "
    "state varchar, updated_at timestamp, item_index bigint, listed_until date",
    "intermediate.int_controls_scored": "tenant_id varchar, control_id varchar, profile_id varchar",
    "intermediate.int_movement_periods_changed": "tenant_id varchar, period varchar, "
    "start_date date, end_date date",
    "seeds.identity_secure_score_controls": "control_id varchar",
}


@st.composite
def controls(draw: st.DrawFn, day: date) -> list[Row]:
    """The scored controls of a day: any of them may be away, unknown or not counted."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=len(NAMES)))
    return [
        {
            "tenant_id": TENANT,
            "score_date": day,
            "control_id": name,
            "control_category": draw(st.sampled_from(["Identity", "Identity", "Apps", None])),
            "service": draw(st.sampled_from(["AzureAD", "AzureAD", "MDO", None])),
            "score_points": draw(POINTS),
            "max_points": draw(MAXIMA),
            "total_count": draw(st.sampled_from([None, 5, 10])),
            "score_percentage": draw(st.sampled_from([None, 0.0, 50.0, 100.0])),
            "counts_in_maximum": draw(COUNTS),
        }
        for name in names
    ]


@dataclass(frozen=True)
class History:
    """Records of some days, their controls, and what may explain that they changed."""

    totals: Mapping[date, tuple[float, float]]
    controls: tuple[Row, ...]
    states: tuple[Row, ...]
    reasons: tuple[Row, ...]
    inferred: tuple[Row, ...]

    def rows(self) -> dict[str, list[Row]]:
        days = [{"tenant_id": TENANT, "score_date": day} for day in self.totals]
        return {
            "core.fct_control_score_daily": list(self.controls),
            "intermediate.int_control_scores": list(self.controls),
            "intermediate.int_score_records_chosen": [
                day | dict(zip(("current_score", "max_score"), total, strict=True))
                for day, total in zip(days, self.totals.values(), strict=True)
            ],
            "intermediate.int_score_days_to_rebuild": days,
            "intermediate.int_score_scope_days_to_rebuild": days,
            "intermediate.int_build_date": [{"as_of_date": max(self.totals)}],
            "intermediate.int_scored_set_events_dated": list(self.reasons),
            "intermediate.int_inferred_changes_dated": list(self.inferred),
            "intermediate.int_control_states_dated": list(self.states),
            "intermediate.int_controls_scored": [
                {"tenant_id": TENANT, "control_id": name, "profile_id": name} for name in NAMES
            ],
            "intermediate.int_movement_periods_changed": list(self._periods()),
            "seeds.identity_secure_score_controls": [
                {"control_id": "AdminMFAV2"},
                {"control_id": "OneAdmin"},
            ],
        }

    def _periods(self) -> Iterator[Row]:
        """Every pair of days, far ones too."""
        for start, end in combinations(sorted(self.totals), 2):
            period = f"{start} {end}"
            yield {"tenant_id": TENANT, "period": period, "start_date": start, "end_date": end}


@st.composite
def histories(draw: st.DrawFn) -> History:
    offsets = draw(st.lists(st.integers(0, 25), unique=True, min_size=2, max_size=6))
    days = [FIRST + timedelta(days=offset) for offset in sorted(offsets)]
    scored = [control for day in days for control in draw(controls(day))]
    return History(
        {day: (draw(POINTS), draw(st.one_of(st.just(0.0), POINTS))) for day in days},
        tuple(scored),
        tuple(draw(st.lists(_updates(), max_size=4))),
        tuple(draw(st.lists(_reasons(), max_size=3))),
        tuple(draw(st.lists(_inferred(days), max_size=4))),
    )


@st.composite
def _updates(draw: st.DrawFn) -> Row:
    made = datetime(2026, 2, 20, 12) + timedelta(days=draw(st.integers(0, 34)))
    return {
        "tenant_id": TENANT,
        "control_id": draw(st.sampled_from(NAMES)),
        "state": draw(st.sampled_from(["ignored", "default", "third_party"])),
        "updated_at": made,
        "item_index": draw(st.integers(0, 3)),
        "listed_until": draw(st.sampled_from([date(2026, 3, 10), date(9999, 12, 31)])),
    }


@st.composite
def _inferred(draw: st.DrawFn, days: list[date]) -> Row:
    return {
        "tenant_id": TENANT,
        "score_date": draw(st.sampled_from(days)),
        "control_id": draw(st.sampled_from(NAMES)),
        "kind": draw(st.sampled_from(["entered", "left", "max_raised", "max_lowered"])),
        "tenant_count": draw(st.integers(3, 9)),
        "is_current": draw(st.sampled_from([True, True, False])),
        "is_news": draw(st.booleans()),
    }


@st.composite
def _reasons(draw: st.DrawFn) -> Row:
    reason = draw(st.sampled_from(["offering_changed", "profile_appeared", "profile_left"]))
    control = "" if reason == "offering_changed" else draw(st.sampled_from(NAMES))
    return {
        "tenant_id": TENANT,
        "control_id": control,
        "reason": reason,
        "changed_date": FIRST + timedelta(days=draw(st.integers(-10, 35))),
        "is_current": True,
        "is_news": False,
    }
