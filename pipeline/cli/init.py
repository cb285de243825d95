"""`posture init`: a commented tenants.yaml, and what to grant so that it works."""

import argparse
from importlib.resources import files

from pipeline.cli.context import Context
from pipeline.errors import PostureError, UsageError
from pipeline.graph.clouds import CLOUDS
from pipeline.graph.feeds import FEEDS


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Write the configuration where there is none; say the permissions in any case."""
    is_written = _write(context)
    permissions: dict[str, list[str]] = {}
    for feed in FEEDS.values():
        permissions.setdefault(feed.permission, []).append(feed.name)
    print("Grant the app registration these application permissions of Microsoft Graph:")
    for permission, feeds in permissions.items():
        print(f"  {permission:<32} {', '.join(feeds)}")
    print("An administrator of each tenant consents once at:")
    authority = CLOUDS["global"].authority
    print(f"  {authority}/<tenant id>/adminconsent?client_id=<client id>")
    if not is_written:
        raise UsageError(f"{context.config}: exists already and was left as it is")
    print(f"Wrote {context.config}: put in your client id and tenant ids, set")
    print("POSTURE_CLIENT_SECRET, then run:")
    print(f"  {context.command_line('run')}")
    return 0


def _write(context: Context) -> bool:
    template = files("pipeline.cli").joinpath("tenants_template.yaml").read_text(encoding="utf-8")
    try:
        with context.config.open("x", encoding="utf-8") as target:
            target.write(template)
    except FileExistsError:
        return False
    except OSError as error:
        raise PostureError(f"{context.config}: cannot be written ({error.strerror})") from error
    return True
