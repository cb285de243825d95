"""The cheapest set of actions that brings enough: an exact answer to a small integer problem."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """What an action brings and costs, in whole units of each; a cost is above 0."""

    gain: int
    effort: int


@dataclass(frozen=True)
class _Front:
    """The sets that no cheaper set beats: rising costs, and the most that each can bring."""

    costs: list[int]
    gains: list[int]

    def most(self, budget: int) -> int:
        """The most that a set within the budget brings; below 0 where the budget is."""
        found = bisect_right(self.costs, budget)
        return self.gains[found - 1] if found else -1


def cheapest(options: Sequence[Option], needed: int) -> list[int] | None:
    """Positions of the set that brings `needed` with the least effort; None where none does.

    Of several, the one with the fewest actions; of those, the one that has the first action, then
    the second, and so on: `options` stand in the order of the ranking.
    """
    # Effort first, then the number of actions, in one number.
    costs = [option.effort * (len(options) + 1) + 1 for option in options]
    fronts = _fronts(options, costs, needed)
    if fronts[0].gains[-1] < needed:
        return None
    budget = fronts[0].costs[-1]
    chosen: list[int] = []
    for position, option in enumerate(options):
        if needed <= 0:
            break
        left = budget - costs[position]
        if left >= 0 and fronts[position + 1].most(left) >= needed - option.gain:
            chosen.append(position)
            budget, needed = left, needed - option.gain
    return chosen


def _fronts(options: Sequence[Option], costs: Sequence[int], needed: int) -> list[_Front]:
    """The fronts of the options from each position on; the last is that of none."""
    fronts = [_Front([0], [0])]
    for option, cost in zip(reversed(options), reversed(costs), strict=True):
        fronts.append(_with(fronts[-1], option.gain, cost, needed))
    return fronts[::-1]


def _with(front: _Front, gain: int, cost: int, needed: int) -> _Front:
    """The front with one more option; what comes after enough is never needed."""
    without = zip(front.costs, front.gains, strict=True)
    added = (
        (spent + cost, got + gain) for spent, got in zip(front.costs, front.gains, strict=True)
    )
    merged = _Front([], [])
    most = -1
    for spent, got in sorted([*without, *added]):
        if got <= most:
            continue
        if merged.costs and merged.costs[-1] == spent:
            merged.gains[-1] = got
        else:
            merged.costs.append(spent)
            merged.gains.append(got)
        most = got
        if most >= needed:
            break
    return merged
