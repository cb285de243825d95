"""`posture status`: what is there, what is missing, and what to do about it."""

import argparse
import json
from itertools import groupby
from typing import Any

from pipeline.cli.context import Context
from pipeline.cli.output import print_table, printable
from pipeline.lake_status import FeedStatus, feed_states, tenant_names
from pipeline.published import Manifest, read_manifest

SHOWN_GAPS = 3


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Say it from the lake's own log, so that it is known before anything is published."""
    states = feed_states(context.home)
    names = tenant_names(context.home)
    snapshot = read_manifest(context.home.published)
    if arguments.json:
        print(json.dumps(_document(context, states, names, snapshot), indent=1))
    else:
        _print(context, states, names, snapshot)
    return 0


def _print(
    context: Context, states: list[FeedStatus], names: Any, snapshot: Manifest | None
) -> None:
    if not states and not names and snapshot is None:
        print(f"{context.home.root}: nothing is collected yet; try `{context.command_line('run')}`")
        return
    by_name = sorted(states, key=lambda state: names.get(state.tenant_id, state.tenant_id))
    rows = [
        (
            names.get(state.tenant_id, state.tenant_id),
            state.feed,
            state.last_good_date or "never",
            state.outcome,
            _gaps_in_words(state),
        )
        for state in by_name
    ]
    print_table(("tenant", "feed", "last good day", "outcome", "gaps"), rows)
    never_read = names.keys() - {state.tenant_id for state in states}
    for tenant_id in sorted(never_read):
        print(f"tenant {printable(names[tenant_id])}: never collected")
    troubled = [state for state in states if state.needs_attention]
    for state in troubled:
        name = printable(names.get(state.tenant_id, state.tenant_id))
        print(f"! {name} ({state.tenant_id}), {state.feed}: {printable(state.note)}")
    print("snapshot: " + _snapshot_in_words(context, snapshot))


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
    return (
        f"{snapshot.snapshot}, as of {snapshot.as_of}, "
        f"published {snapshot.published_at:%Y-%m-%d %H:%M} UTC"
    )


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
