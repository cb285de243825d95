"""`serve`: the sandbox until it is stopped, for the command line."""

import signal
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from pipeline.errors import PostureError
from pipeline.sandbox.server.server import Sandbox

_LOOK_EVERY_SECONDS = 0.2


def _say(line: str) -> None:
    print(line, flush=True)


def serve(
    *,
    tenants: int = 3,
    days: int = 90,
    seed: int = 7,
    port: int = 0,
    today: date | None = None,
    write_config: Path | None = None,
    say: Callable[[str], None] = _say,
    stop: threading.Event | None = None,
) -> None:
    """Serve invented tenants until interrupted, and write the configuration that reaches them.

    Raises PostureError where the port is taken or the configuration cannot be written.
    """
    stop, stopped = stop or threading.Event(), list[bool]()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.append(True))
    sandbox = Sandbox(
        tenants=tenants,
        days=days,
        seed=seed,
        port=port,
        today=today,
        log_requests=False,
        lifelike=True,
    )
    try:
        with sandbox:
            say(f"Microsoft Graph sandbox at {sandbox.url}: {tenants} tenants, {days} days")
            say(f"Its certificate authority: {sandbox.ca_bundle}")
            if write_config:
                say(f"Configuration written: {sandbox.write_config(write_config)}")
            say("Stop it with Ctrl-C.")
            # No handler may set what this thread waits for: both take the same lock.
            while not (stopped or stop.wait(_LOOK_EVERY_SECONDS)):
                pass
    except OSError as error:
        where = write_config or "(no configuration)"
        raise PostureError(
            f"sandbox: cannot serve port {port} or write {where}: {error.strerror or error}; "
            "choose another --port or --write-config"
        ) from None
