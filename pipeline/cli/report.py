"""`posture report`: one self-contained HTML file for leaders."""

import argparse
from pathlib import Path

from pipeline.cli.context import DEFAULT_CONFIG, Context
from pipeline.config.branding import Branding, load_branding
from pipeline.errors import UsageError
from pipeline.report import write_report
from pipeline.text import printable


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Write it from the published snapshot and say where it is."""
    if arguments.since and not arguments.tenant:
        raise UsageError("--since: what changed is told per tenant; add --tenant ID")
    written = write_report(
        context.home,
        arguments.output,
        tenant=arguments.tenant,
        branding=branding_of(context.config),
        since=arguments.since,
    )
    what = "the portfolio" if written.tenant_name is None else printable(written.tenant_name)
    print(f"Wrote {written.path} ({written.bytes / 1000:,.0f} kB): the report of {what}.")
    print("It is one file that opens in any browser, also offline, and prints on A4.")
    return 0


def branding_of(config: Path) -> Branding:
    """The provider's branding; none where nobody made a configuration."""
    if str(config) == DEFAULT_CONFIG and not config.exists():
        return Branding()
    return load_branding(config)
