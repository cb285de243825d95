"""`posture status`: what is there, what is missing, and what to do about it."""

import argparse
import json
from datetime import timedelta
from itertools import groupby
from typing import Any

from pipeline.cli.context import Context
from pipeline.cli.output import print_table
from pipeline.cli.troubles import feeds_in_words, trouble_lines
from pipeline.lake.drift import Drift, drifts
from pipeline.lake.standing import standing
from pipeline.lake.status import FeedStatus, feed_states, tenant_names
from pipeline.published.manifest import Manifest, read_manifest
from pipeline.text import printable

SHOWN_GAPS = 3
SHOWN_DRIFTS = 8
# What has not come back for so long is history; --json still has it.
DRIFT_DAYS = 30


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Say it from the lake's own log, so that it is known before anything is published."""
    with standing(context.home) as connection:
        states, found = feed_states(connection), drifts(connection)
    names = tenant_names(context.home)
    snapshot = read_manifest(context.home.published)
    if arguments.json:
        document = _document(context, states, names, snapshot)
        document["drift"] = [_drift_document(one) for one in found]
        print(json.dumps(document, indent=1))
    else:
        _print(context, states, names, snapshot, found)
    return 0


def _print(
    context: Context,
    states: list[FeedStatus],
    names: Any,
    snapshot: Manifest | None,
    found: list[Drift],
) -> None:
    if not states and not names and snapshot is None:
        print(f"{context.home.root}: nothing is collected yet; try `{context.command_line('run')}`")
        return
    print_table(("tenant", "feeds", "last good day", "outcome", "gaps"), _rows(states, names))
    never_read = names.keys() - {state.tenant_id for state in states}
    for tenant_id in sorted(never_read):
        print(f"tenant {printable(names[tenant_id])}: never collected")
    for line in trouble_lines((state for state in states if state.needs_attention), names):
        print(f"! {line}")
    _print_drift(states, found)
    print("snapshot: " + _snapshot_in_words(context, snapshot))


def _rows(states: list[FeedStatus], names: Any) -> list[tuple[object, ...]]:
    """One row a tenant and standing: feeds that stand alike are told together."""
    grouped: dict[tuple[object, ...], list[str]] = {}
    for state in sorted(states, key=lambda one: names.get(one.tenant_id, one.tenant_id)):
        name = names.get(state.tenant_id, state.tenant_id)
        outcome = "ok" if state.outcome == "empty" else state.outcome
        last_good = state.last_good_date or "never"
        key = (state.tenant_id, name, last_good, outcome, _gaps_in_words(state))
        grouped.setdefault(key, []).append(state.feed)
    return [
        (name, feeds_in_words(feeds), last_good, outcome, gaps)
        for (_, name, last_good, outcome, gaps), feeds in grouped.items()
    ]


def _print_drift(states: list[FeedStatus], found: list[Drift]) -> None:
    """What Graph sent lately that the catalogue does not know, most recent first."""
    newest = max((state.last_date for state in states), default=None)
    if newest is None:
        return
    recent = [one for one in found if one.last_seen > newest - timedelta(days=DRIFT_DAYS)]
    for one in recent[:SHOWN_DRIFTS]:
        what = f"{one.name} is not in the catalogue" if one.name else f"{one.feed}: {one.note}"
        tenants = f"{one.tenant_count} tenant{'s' if one.tenant_count > 1 else ''}"
        days = f"{one.first_seen}..{one.last_seen}"
        if one.first_seen == one.last_seen:
            days = str(one.last_seen)
        print(f"drift: {printable(what)} ({tenants}, {days})")
    if len(recent) > SHOWN_DRIFTS:
        print(f"drift: … {len(recent) - SHOWN_DRIFTS} more; see `posture status --json`")


def _gaps_in_words(state: FeedStatus) -> str:
    days = sum(gap.days for gap in state.gaps)
    if not days:
        return ""
    newest = ", ".join(str(gap) for gap in state.gaps[-SHOWN_GAPS:])
    more = "… " if len(state.gaps) > SHOWN_GAPS else ""
    return f"{days} days: {more}{newest}" if days > 1 else newest


def _snapshot_in_words(context: Context, snapshot: Manifest | None) -> str:
    if snapshot is None:
        return f"nothing is published yet; try `{context.command_line('run')}`"
    words = (
        f"{snapshot.snapshot}, as of {snapshot.as_of}, "
        f"published {snapshot.published_at:%Y-%m-%d %H:%M} UTC"
    )
    if snapshot.built_as_of is not None:
        words += f", built from only what was read by {snapshot.built_as_of:%Y-%m-%d %H:%M} UTC"
    return words


def _document(
    context: Context, states: list[FeedStatus], names: Any, snapshot: Manifest | None
) -> dict[str, Any]:
    by_tenant = {
        tenant_id: list(group)
        for tenant_id, group in groupby(states, key=lambda state: state.tenant_id)
    }
    return {
        "home": str(context.home.root),
        "snapshot": None
        if snapshot is None
        else {
            "id": snapshot.snapshot,
            "as_of": snapshot.as_of.isoformat(),
            "published_at": snapshot.published_at.isoformat(),
            "built_as_of": snapshot.built_as_of and snapshot.built_as_of.isoformat(),
        },
        "tenants": [
            {
                "tenant_id": tenant_id,
                "tenant_name": names.get(tenant_id),
                "feeds": [_feed_document(state) for state in by_tenant.get(tenant_id, [])],
            }
            for tenant_id in sorted({*by_tenant, *names})
        ],
    }


def _feed_document(state: FeedStatus) -> dict[str, Any]:
    return {
        "feed": state.feed,
        "outcome": state.outcome,
        "last_good_date": state.last_good_date and state.last_good_date.isoformat(),
        "last_date": state.last_date.isoformat(),
        "gap_days": sum(gap.days for gap in state.gaps),
        "gaps": [[gap.first.isoformat(), gap.last.isoformat()] for gap in state.gaps],
        "needs_attention": state.needs_attention,
        "note": state.note,
    }


def _drift_document(one: Drift) -> dict[str, Any]:
    return {
        "feed": one.feed,
        "unknown": one.name,
        "note": one.note,
        "tenant_count": one.tenant_count,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
    }
