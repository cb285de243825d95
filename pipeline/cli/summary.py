"""What a run says when it is done."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.cli.context import Context
from pipeline.cli.troubles import trouble_lines
from pipeline.collection.collect import CollectResult
from pipeline.collection.outcome import missing
from pipeline.config.settings import Settings
from pipeline.graph.outcomes import COMMITTED
from pipeline.published.manifest import read_manifest

SHOWN_MISSING = 20
INCOMPLETE = 3


def collection_exit_code(result: CollectResult) -> int:
    """0, or 3 when some tenant lacks a feed."""
    return INCOMPLETE if missing(result) else 0


def print_damage(lines: Sequence[str]) -> None:
    """Each file of the lake that is not as its log says, on stderr."""
    for line in lines[:SHOWN_MISSING]:
        print(f"damaged: {line}", file=sys.stderr)
    if len(lines) > SHOWN_MISSING:
        print(f"damaged: {len(lines) - SHOWN_MISSING} more files", file=sys.stderr)


def print_collection(context: Context, settings: Settings, result: CollectResult) -> None:
    """How much arrived, then one line for each tenant and cause of something missing."""
    names = {tenant.tenant_id: tenant.name or tenant.tenant_id for tenant in settings.tenants}
    outcomes = Counter(row.outcome for row in result.log)
    arrived = sum(outcomes.pop(outcome, 0) for outcome in COMMITTED)
    parts = [f"{arrived} feeds collected"]
    if result.skipped:
        parts.append(f"{len(result.skipped)} already there")
    parts += [f"{count} {outcome}" for outcome, count in sorted(outcomes.items())]
    tenants = {row.tenant_id for row in result.log} | {tenant for tenant, _ in result.skipped}
    print(f"collected: {len(tenants)} tenants, {', '.join(parts)}")
    for line in _clock_lines(result):
        print(line)
    for line in result.fallen:
        print(f"posture: {line}", file=sys.stderr)
    lines = trouble_lines(missing(result), names)
    for line in lines[:SHOWN_MISSING]:
        print(f"missing: {line}")
    if len(lines) > SHOWN_MISSING:
        print(f"missing: {len(lines) - SHOWN_MISSING} more; see `{context.command_line('status')}`")


def _clock_lines(result: CollectResult) -> Iterator[str]:
    """What is wrong with this machine's clock, and what Graph's midnight came before."""
    if result.clock is None:
        return
    if result.clock.trouble:
        yield f"clock: {result.clock.trouble}"
    days = Counter(row.extract_date for row in result.log if row.outcome in COMMITTED)
    if len(days) > 1:
        stored = ", ".join(f"{count} as of {day}" for day, count in sorted(days.items()))
        yield f"clock: it became midnight (UTC) meanwhile; feeds are stored {stored}"


def print_snapshot(context: Context) -> None:
    """The snapshot that readers see now."""
    manifest = read_manifest(context.home.published)
    if manifest is not None:
        print(
            f"published: snapshot {manifest.snapshot} as of {manifest.as_of}, "
            f"{len(manifest.models)} models in {context.home.published}"
        )
