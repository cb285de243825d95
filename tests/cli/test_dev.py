"""`posture dev` over real HTTP: its own address is answered, and no page of anybody else's."""

import contextlib
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

import pytest

from pipeline.cli import main

WAIT = 300
PING = json.dumps({"query": "{ version }"})
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "graphql-ws",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of what `posture dev` becomes, on no code: loading ours is what takes long."""
    home = tmp_path_factory.mktemp("dev")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with mock.patch.dict(os.environ), pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            os, "execv", lambda _, command: home.joinpath("command").write_text("\n".join(command))
        )
        # It never returns where it becomes another process; here its code is of no matter.
        with contextlib.suppress(TypeError), contextlib.redirect_stdout(io.StringIO()):
            main(["dev", "--port", str(port), "--home", str(home)])
    (home / "nothing.py").write_text("import dagster\n\ndefs = dagster.Definitions()\n")
    workspace = {"load_from": [{"python_file": str(home / "nothing.py")}]}
    (home / "dagster" / "workspace.yaml").write_text(json.dumps(workspace))
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            home.joinpath("command").read_text().split("\n"),
            stdout=log,
            stderr=log,
            env=os.environ | {"DAGSTER_HOME": str(home / "dagster")},
            start_new_session=True,
        )
        try:
            _await(port, process, home / "log")
            yield port
        finally:
            # How it ends is not what is looked at here: all of it, and at once.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=60)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            if ask(port, "GET", "/server_info", {}) == 200:
                return
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def ask(
    port: int, method: str, path: str, headers: Mapping[str, str], body: str | None = None
) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        own = {"Host": f"127.0.0.1:{port}", "Content-Type": "application/json"}
        connection.putrequest(method, path, skip_host=True)
        sent = {**own, **headers, **({"Content-Length": str(len(body))} if body else {})}
        for name, value in sent.items():
            connection.putheader(name, value.replace("PORT", str(port)))
        connection.endheaders(body.encode() if body else None)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "localhost:PORT"},
        {"Host": "LOCALHOST:PORT", "Origin": "http://localhost:PORT"},
        {"Origin": "http://127.0.0.1:PORT", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_its_own_address_is_answered(port: int, headers: dict[str, str]) -> None:
    assert ask(port, "POST", "/graphql", headers, PING) == 200
    assert ask(port, "GET", "/", headers) == 200
    assert ask(port, "GET", "/graphql", UPGRADE | headers) == 101


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:PORT"},
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1.rebound.example:PORT"},
        {"Host": "127.0.0.1:1"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:PORT.evil.example"},
        {"Origin": "https://127.0.0.1:PORT"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_a_foreign_page_is_answered_nothing(port: int, headers: dict[str, str]) -> None:
    assert ask(port, "POST", "/graphql", headers, PING) == 403
    assert ask(port, "GET", "/", headers) == 403
    assert ask(port, "GET", "/graphql?query=%7Bversion%7D", headers) == 403
    assert ask(port, "GET", "/graphql", UPGRADE | headers) == 403


def test_a_link_from_elsewhere_opens_the_page_and_asks_for_nothing(port: int) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert ask(port, "GET", "/runs", followed) == 200
    assert ask(port, "GET", "/graphql?query=%7Bversion%7D", followed) == 403
    assert ask(port, "POST", "/runs", followed, "x=1") == 403


def test_it_listens_on_this_machine_alone(port: int) -> None:
    with socket.socket() as other:
        other.settimeout(5)
        # All of 127/8 is this machine; a server on every address would answer here.
        with pytest.raises(OSError):
            other.connect(("127.0.0.2", port))
