"""The cheapest set of actions that brings a tenant to a score, and what stands in the way.

Points are kept as exact decimals all the way: a target is
reached or it is not, whatever the last bit of a double says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, lcm

from pipeline.plan.position import Action, Position
from pipeline.plan.solver import Option, cheapest

_UNIT = Decimal("1e-9")
# What a licence covers, from the least to the most.
_TIERS = ("p1", "p2")


@dataclass(frozen=True)
class Step:
    """One action of a plan, and the ratio reached after it."""

    action: Action
    ratio_after: Decimal


@dataclass(frozen=True)
class Alternative:
    """What it would take beyond the licences owned; `ratio` is as far as it leads.

    `takes` is `p1`, `p2` or `exceptions`, each with those before it. `actions` are the cheapest
    set where a licence is enough, else all there are.
    """

    takes: str
    actions: tuple[Action, ...]
    ratio: Decimal
    is_enough: bool


@dataclass(frozen=True)
class Plan:
    """The answer: steps in order of the ranking, and where they do not suffice, what would.

    Without `is_reachable` the steps are all that the licences owned allow, which leads furthest.
    """

    position: Position
    target: Decimal
    is_reachable: bool
    steps: tuple[Step, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def ratio_reached(self) -> Decimal:
        return self.steps[-1].ratio_after if self.steps else self.position.ratio

    @property
    def effort(self) -> Decimal:
        return sum((step.action.effort for step in self.steps), Decimal(0))


def make_plan(position: Position, target: Decimal) -> Plan:
    """The cheapest set that brings the ratio to `target`, with the licences owned."""
    owned = [one for one in position.actions if one.group == "ranked"]
    chosen = _cheapest(position, owned, target)
    if chosen is not None:
        return Plan(position, target, True, _steps(position, chosen), ())
    return Plan(
        position, target, False, _steps(position, owned), _alternatives(position, owned, target)
    )


def _steps(position: Position, actions: Sequence[Action]) -> tuple[Step, ...]:
    gained = Decimal(0)
    steps = []
    for action in actions:
        gained += action.gain
        steps.append(Step(action, position.ratio_after(gained)))
    return tuple(steps)


def _cheapest(
    position: Position, actions: Sequence[Action], target: Decimal
) -> list[Action] | None:
    needed = position.needed(target)
    efforts = [Fraction(one.effort) for one in actions]
    unit = lcm(*(effort.denominator for effort in efforts)) if efforts else 1
    options = [
        Option(int(one.gain / _UNIT), int(effort * unit))
        for one, effort in zip(actions, efforts, strict=True)
    ]
    found = cheapest(options, ceil(needed / Fraction(_UNIT)))
    return None if found is None else [actions[position] for position in found]


def _alternatives(
    position: Position, owned: list[Action], target: Decimal
) -> tuple[Alternative, ...]:
    """Licence after licence, then with the exceptions taken back, until it is enough."""
    alternatives = []
    allowed = list(owned)
    for tier in _TIERS:
        more = [
            one for one in position.actions if one.group == "unlicensed" and one.licence == tier
        ]
        if more:
            allowed = [one for one in position.actions if one in allowed or one in more]
            alternatives.append(_alternative(tier, position, allowed, target))
        if alternatives and alternatives[-1].is_enough:
            return tuple(alternatives)
    excepted = [one for one in position.actions if one.group == "exception"]
    if excepted:
        alternatives.append(_without_exceptions(position, allowed, excepted, target))
    return tuple(alternatives)


def _alternative(
    takes: str, position: Position, allowed: list[Action], target: Decimal
) -> Alternative:
    chosen = _cheapest(position, allowed, target)
    done = allowed if chosen is None else chosen
    steps = _steps(position, done)
    return Alternative(takes, tuple(done), steps[-1].ratio_after, chosen is not None)


def _without_exceptions(
    position: Position, allowed: list[Action], excepted: list[Action], target: Decimal
) -> Alternative:
    """All actions, those on excepted controls too."""
    ratio = position.ratio_after(sum((one.gain for one in (*allowed, *excepted)), Decimal(0)))
    return Alternative("exceptions", (*allowed, *excepted), ratio, ratio >= target)


def as_document(plan: Plan) -> dict[str, object]:
    """The plan as JSON has it: ratios and points as numbers."""
    position = plan.position
    return {
        "tenant_id": position.tenant_id,
        "tenant_name": position.tenant_name,
        "scope": position.scope,
        "score_date": position.score_date.isoformat(),
        "target_ratio": float(plan.target),
        "score_ratio": float(position.ratio),
        "score_points": float(position.points),
        "max_points": float(position.maximum),
        "is_reachable": plan.is_reachable,
        "ratio_reached": float(plan.ratio_reached),
        "effort": float(plan.effort),
        "unknown_max_count": position.unknown_count,
        "steps": [
            {"step_number": number, **_action(step.action), "ratio_after": float(step.ratio_after)}
            for number, step in enumerate(plan.steps, start=1)
        ],
        "would_take": [
            {
                "takes": one.takes,
                "is_enough": one.is_enough,
                "ratio_reached": float(one.ratio),
                "actions": [_action(action) for action in one.actions],
            }
            for one in plan.alternatives
        ],
    }


def _action(action: Action) -> dict[str, object]:
    return {
        "control_id": action.control_id,
        "title": action.title,
        "action_rank": action.rank,
        "action_group": action.group,
        "gain_points": float(action.gain),
        "effort": float(action.effort),
        "is_effort_judged": action.is_judged,
        "cost": action.cost,
        "user_impact": action.impact,
        "required_licence": action.licence,
        "missing_seat_count": action.missing_seats,
        "owner": action.owner,
        "ticket": action.ticket,
    }
