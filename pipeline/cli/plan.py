"""`posture plan`: the cheapest actions that reach a target, and what stands in the way."""

import argparse
import json
from decimal import ROUND_FLOOR, Decimal

from pipeline.cli.context import Context
from pipeline.cli.output import print_table
from pipeline.plan.plan import Alternative, Plan, as_document, make_plan
from pipeline.plan.position import Action, read_position
from pipeline.published.reader import open_locked
from pipeline.text import printable

HEADER = (
    "step", "action", "control", "points", "ratio after", "effort", "cost", "user impact", "owner",
)  # fmt: skip
NUMERIC = frozenset({0, 3, 4, 5})
NAMED = 5


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Say it from the published snapshot; that a target is out of reach is an answer too."""
    with open_locked(context.home) as connection:
        position = read_position(connection, arguments.tenant, arguments.scope)
    plan = make_plan(position, arguments.target / 100)
    if arguments.json:
        print(json.dumps(as_document(plan), indent=1, ensure_ascii=False))
        return 0
    if plan.steps:
        print_table(HEADER, _rows(plan), numeric=NUMERIC)
    print(_summary(plan))
    for line in (*_seats(plan), *_obstacles(plan)):
        print(f"  {line}")
    return 0


def _rows(plan: Plan) -> list[tuple[object, ...]]:
    return [
        (
            number,
            step.action.title or step.action.control_id,
            step.action.control_id,
            f"+{step.action.gain:.2f}",
            _percent(step.ratio_after),
            f"{_plain(step.action.effort)}{' (judged)' if step.action.is_judged else ''}",
            step.action.cost,
            step.action.impact,
            step.action.owner,
        )
        for number, step in enumerate(plan.steps, start=1)
    ]


def _summary(plan: Plan) -> str:
    position = plan.position
    what = f"{printable(position.tenant_name)}, {printable(position.scope)}: "
    what += f"{_percent(position.ratio)} on {position.score_date}"
    target = f"{_plain(plan.target * 100)} %"
    count = len(plan.steps)
    if plan.is_reachable and not count:
        return f"{what}; the target of {target} is reached already."
    if not count:
        return f"{what}; {target} cannot be reached: no action is open with the licences owned."
    leads = f"{_work(count, plan.effort)} to {_percent(plan.ratio_reached)}"
    judged = sum(step.action.is_judged for step in plan.steps)
    note = f" ({_count(judged, 'effort')} judged by this project, not by Microsoft)"
    note = note if judged else ""
    if plan.is_reachable:
        return f"{what}; {leads}, target {target}{note}."
    return (
        f"{what}; {target} cannot be reached with the licences owned: "
        f"{'all ' if count > 1 else ''}{leads}{note}."
    )


def _work(count: int, effort: Decimal) -> str:
    return f"{_count(count, 'action')} of effort {_plain(effort)} lead{'s' if count == 1 else ''}"


def _seats(plan: Plan) -> list[str]:
    """What its steps lack in seats, licence by licence."""
    short: dict[tuple[str, int], list[str]] = {}
    for step in plan.steps:
        action = step.action
        if action.missing_seats:
            licence = (action.licence or "").upper()
            short.setdefault((licence, action.missing_seats), []).append(_named(action))
    return [
        f"For all users {_count(missing, f'more Entra ID {licence} seat')} "
        f"{'is' if missing == 1 else 'are'} needed: {', '.join(named)}."
        for (licence, missing), named in short.items()
    ]


def _obstacles(plan: Plan) -> list[str]:
    """What it would take, line by line; nothing where the target is reached."""
    if plan.is_reachable:
        return []
    lines = [_alternative(plan, one) for one in plan.alternatives]
    is_enough = any(one.is_enough for one in plan.alternatives)
    unknown = plan.position.unknown_count
    if unknown:
        what = "has an unknown maximum and is" if unknown == 1 else "have unknown maxima and are"
        lines.append(f"{_count(unknown, 'control')} {what} left out.")
    if not is_enough and not unknown:
        furthest = max([plan.ratio_reached, *(one.ratio for one in plan.alternatives)])
        lines.append(
            f"Nothing known reaches it: the points above {_percent(furthest)} belong to no control "
            "that is open."
        )
    return lines


def _alternative(plan: Plan, alternative: Alternative) -> str:
    done = {step.action.control_id for step in plan.steps}
    more = [action for action in alternative.actions if action.control_id not in done]
    named = ", ".join(map(_named, more[:NAMED]))
    named += f" and {len(more) - NAMED} more" if len(more) > NAMED else ""
    reached = _percent(alternative.ratio)
    if alternative.takes == "exceptions":
        also = " as well" if len(plan.alternatives) > 1 else ""
        enough = "which is enough" if alternative.is_enough else "which is not enough either"
        return f"Taking back the exceptions{also} would lead to {reached}, {enough}: {named}."
    licence = f"With an Entra ID {alternative.takes.upper()} licence"
    if not alternative.is_enough:
        return f"{licence} all open actions would lead to {reached}, not enough either: {named}."
    effort = sum((action.effort for action in alternative.actions), Decimal(0))
    work = f"{_count(len(alternative.actions), 'action')} of effort {_plain(effort)}"
    return f"{licence} {work} would lead to {reached}, among them {named}."


def _named(action: Action) -> str:
    """The control, with a word where nobody knows whether its licence is owned."""
    is_unread = action.group == "unlicensed" and action.is_licence_owned is None
    return printable(action.control_id) + (" (licence not readable)" if is_unread else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _percent(ratio: Decimal) -> str:
    """Never rounded up: what is shown as reached is reached."""
    return f"{(ratio * 100).quantize(Decimal('0.01'), ROUND_FLOOR)} %"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
