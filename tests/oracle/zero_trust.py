"""Controls and practices by the principle of Zero Trust that they serve."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.oracle.counting import total
from tests.oracle.scores import ControlDay, TenantScores
from tests.oracle.seeds import seed
from tests.oracle.values import number, ratio

ADVANCED_FROM, OPTIMAL_FROM = 0.5, 0.8
MIN_CONTROLS = 3
TOP = 10
OTHER = "other"
Row = dict[str, Any]


def zero_trust_rows(scores: TenantScores, practices: Mapping[str, str]) -> Iterator[Row]:
    """One row per principle; `practices` has the status of each, none where none was judged."""
    listed = seed("zero_trust_principles")
    newest = scores.controls[max(scores.records)] if scores.records else ()
    counted = [control for control in newest if control.counts is not False]
    for principle in sorted({one["principle"] for one in listed}):
        serving = [c for c in counted if _principle_of(c.control_id, listed) == principle]
        named = {
            one["item"]
            for one in listed
            if one["item_kind"] == "practice" and one["principle"] == principle
        }
        judged = [s for practice, s in practices.items() if practice in named]
        yield {
            "tenant_id": scores.tenant_id,
            "principle": principle,
            "score_date": max(scores.records) if serving else None,
            **_counts(serving),
            "maturity": _maturity(serving, judged),
            "practice_count": len(judged) - judged.count("not_licensed") if judged else None,
            "implemented_practice_count": judged.count("implemented") if judged else None,
        }


def _principle_of(control_id: str, listed: Sequence[Mapping[str, str]]) -> str:
    """The control by name, else by the longest prefix; connected apps count as their family."""
    family = re.sub(r"^[0-9]+\.", "", control_id).lower()
    found = {
        len(one["item"]): one["principle"]
        for one in listed
        if (one["item_kind"] == "control" and one["item"].lower() == family)
        or (one["item_kind"] == "prefix" and family.startswith(one["item"].lower()))
    }
    return found[max(found)] if found else OTHER


def _counts(serving: Sequence[ControlDay]) -> Row:
    known = [control for control in serving if control.maximum.points is not None]
    has_all = bool(serving) and len(known) == len(serving)
    points, maximum = (
        total(control.score for control in known),
        total(control.maximum.points for control in known),
    )
    share = ratio(points, maximum)
    open_controls = sorted(
        (c for c in known if c.ratio is not None and c.ratio < 1),
        key=lambda c: (-(c.maximum.points - c.score), c.control_id),
    )
    return {
        "control_count": len(serving),
        "full_control_count": sum(c.ratio is not None and c.ratio >= 1 for c in serving),
        "score_points": number(total(c.score for c in serving)) if serving else None,
        "max_points": number(maximum) if has_all else None,
        "score_ratio": number(share) if has_all else None,
        "known_score_ratio": number(share),
        "unknown_max_count": len(serving) - len(known),
        "top_open_controls": ", ".join(c.control_id for c in open_controls[:TOP]) or None,
    }


def _maturity(serving: Sequence[ControlDay], judged: Sequence[str]) -> str:
    """By the points, and no further than the practices of the principle are in place."""
    known = [control for control in serving if control.maximum.points is not None]
    share = number(ratio(total(c.score for c in known), total(c.maximum.points for c in known)))
    if share is None or len(known) < MIN_CONTROLS:
        return "unknown"
    reached = sum(share >= bound for bound in (ADVANCED_FROM, OPTIMAL_FROM))
    highest = 0 if "implemented" not in judged else 1 if "not_implemented" in judged else 2
    return ("traditional", "advanced", "optimal")[min(reached, highest)]
