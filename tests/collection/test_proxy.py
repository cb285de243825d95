"""A proxy in the way is named, in the sign-in and in what is asked of Graph."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipeline.graph.sign_in import TenantTokens

from .conftest import Lab

PROXIES = {
    # what the proxy does with every connection: (answer, words of the note)
    "wants a sign-in": (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "HTTP 407"),
    "forbids": (b"HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP 403"),
    "is dead": (None, "does not answer"),
}
SECRET = "canary-of-a-proxy"


@contextmanager
def proxy(answer: bytes | None) -> Iterator[str]:
    """The address of a proxy that gives everyone this answer; None: nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if answer is None:
            server.close()

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer or b"")

        if answer is not None:
            threading.Thread(target=serve, daemon=True).start()
        yield f"http://user:{SECRET}@127.0.0.1:{port}"
        if answer is not None:
            server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("name", PROXIES)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("stage", ["sign-in", "Graph"])
def test_a_proxy_in_the_way_is_named(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, name: str, variable: str, stage: str
) -> None:
    answer, words = PROXIES[name]
    monkeypatch.setenv("POSTURE_RETRY_SECONDS", "0")
    with proxy(answer) as address:
        if stage == "Graph":
            # The sign-in goes past the proxy, as an authority named in NO_PROXY does.
            signed_in = TenantTokens._ask

            def past(self: TenantTokens, *arguments: object) -> object:
                with monkeypatch.context() as patched:
                    patched.delenv(variable)
                    return signed_in(self, *arguments)  # type: ignore[arg-type]

            monkeypatch.setattr(TenantTokens, "_ask", past)
        monkeypatch.setenv(variable, address)
        row = lab.collect_one("secure_scores")
    assert row.outcome == "unavailable"
    said = str(row.note)
    assert f"the proxy named in {variable.upper()}" in said
    assert words in said
    assert SECRET not in said


def test_a_proxy_that_is_not_on_the_way_is_not_blamed(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "localhost")
    lab.sandbox.faults.add(path="secureScores?", drop=True)
    row = lab.collect_one("secure_scores")
    assert row.outcome == "unavailable"
    assert "proxy" not in str(row.note)
