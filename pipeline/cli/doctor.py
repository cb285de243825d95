"""`posture doctor`: what works in each tenant, what will be missing and what to do."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.cli.context import Context
from pipeline.cli.doctor_lines import lines
from pipeline.collection.selection import checked_tenants
from pipeline.config.settings import load_config
from pipeline.doctor.findings import TenantFindings
from pipeline.doctor.practice import examine
from pipeline.doctor.proposals import read_proposals
from pipeline.errors import PostureError
from pipeline.graph.clock import ask_clock
from pipeline.text import printable

INCOMPLETE = 3


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Ask Graph, write nothing, and say it."""
    settings = load_config(context.config)
    wanted = set(checked_tenants(settings, arguments.tenants))
    chosen = [one for one in settings.tenants if not wanted or one.tenant_id in wanted]
    clock = ask_clock(chosen)
    found = examine(chosen, _counter(len(chosen)), bounds=settings.bounds)
    proposals = read_proposals(context.home)
    if arguments.json:
        tenants = [
            _document(one) | {"proposals": list(proposals.get(one.tenant_id, ()))} for one in found
        ]
        document = {"clock": clock.trouble, "tenants": tenants}
        print(json.dumps(document, indent=1))
    else:
        _print(context, found, proposals)
        if clock.trouble and clock.ahead is not None:
            print(f"clock: {clock.trouble}")
    if all(one.is_unreached for one in found):
        note = found[0].sign_in_note or next((one.note for one in found[0].feeds), None)
        raise PostureError(f"no tenant could be reached; {found[0].tenant_id}: {note}")
    return 0 if all(one.is_well for one in found) else INCOMPLETE


def _counter(total: int) -> Callable[[int], None]:
    """Shows on a terminal how far the questions have come, and leaves no trace."""

    def report(done: int) -> None:
        if sys.stderr.isatty():
            text = f"asked {done} of {total} tenants" if done < total else ""
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    return report


def _print(
    context: Context,
    found: Sequence[TenantFindings],
    proposals: Mapping[str, Sequence[str]],
) -> None:
    for tenant in found:
        for line in lines(tenant):
            print(printable(line))
        for proposal in proposals.get(tenant.tenant_id, ()):
            print(printable(f"  {proposal}"))
    ready = sum(one.is_well for one in found)
    next_step = f"; `{context.command_line('run')}` collects what can be read"
    tenants = f"{len(found)} tenant{'s' if len(found) > 1 else ''}"
    print(f"{tenants}, {ready} with nothing to mend{next_step if ready else ''}")


def _document(tenant: TenantFindings) -> dict[str, Any]:
    return {
        "tenant_id": tenant.tenant_id,
        "tenant_name": tenant.tenant_name,
        "cloud": tenant.cloud,
        "sign_in": {"ok": tenant.is_signed_in, "note": tenant.sign_in_note},
        "licence_tier": tenant.licence_tier,
        "permissions": {
            "granted": None if tenant.granted is None else list(tenant.granted),
            "missing": list(tenant.missing),
            "withheld": tenant.withheld,
        },
        "consent_url": tenant.consent_url,
        "feeds": [
            {
                "feed": one.feed,
                "verdict": one.verdict,
                "permission": one.permission,
                "is_granted": one.is_granted,
                "licence": one.licence,
                "is_licensed": one.is_licensed,
                "is_in_cloud": one.is_in_cloud,
                "missing_in": list(one.missing_in),
                "note": one.note,
            }
            for one in tenant.feeds
        ],
    }
