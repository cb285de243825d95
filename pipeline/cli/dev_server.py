"""Dagster's web server and what starts it, with `OwnAddressOnly` in front.

    posture dev -> this, as `dagster dev` -> this, as `dagster-webserver`
                                          -> Dagster's daemon

Neither takes middleware as a setting, and `dagster dev` names the module that it starts. Dagster
is pinned to one version; tests/cli/test_dev.py asks the real server over HTTP.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

MODULE = "pipeline.cli.dev_server"
_WEB_SERVER = "dagster_webserver"


def serve_everything() -> None:
    """`dagster dev`, whose web server is the one below."""
    dev: Any = import_module("dagster._cli.dev")
    start = dev.open_ipc_subprocess

    def started(parts: Sequence[str], **options: Any) -> Any:
        return start([MODULE if part == _WEB_SERVER else part for part in parts], **options)

    dev.open_ipc_subprocess = started
    import_module("dagster._cli").main()


def serve_pages() -> None:
    """`dagster-webserver`, which answers its own address alone."""
    from pipeline.cli.own_address import OwnAddressOnly

    cli: Any = import_module("dagster_webserver.cli")
    make = cli.create_app_from_workspace_process_context

    def made(*arguments: Any, **options: Any) -> Any:
        app = make(*arguments, **options)
        app.add_middleware(OwnAddressOnly)
        return app

    cli.create_app_from_workspace_process_context = made
    cli.main()


if __name__ == "__main__":
    serve_everything() if sys.argv[1:2] == ["dev"] else serve_pages()
