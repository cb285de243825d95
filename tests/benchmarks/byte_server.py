"""Graph and its login authority out of pre-rendered bytes, in a process of its own.

    python -m tests.benchmarks.byte_server RECORDING FOLDER TENANTS [FEED-PREFIX]...

Writes a tenants.yaml for so many tenants, copies of the recorded ones in turn, into the folder
and prints its path once it serves; `/stats` tells what it cost. Every body is packed before the
first request, and a thread a connection only copies bytes into TLS: what is measured is whoever
asks.
"""

import base64
import gzip
import json
import resource
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import yaml

from pipeline.sandbox.protocol.certificates import server_trust
from pipeline.sandbox.protocol.login import openid_configuration

from .recording import CLIENT, ORIGIN, SECRET, Recording

_NAMESPACE = uuid.UUID("9a54b6b0-0000-4000-8000-000000000000")
_OPENING_HOUR = 6 * 3600
_HEADERS = "request-id: 00000000-0000-0000-0000-000000000000\r\nVary: Accept-Encoding\r\n"


def tenant_ids(number: int) -> list[str]:
    """The ids of the tenants that are served."""
    return [str(uuid.uuid5(_NAMESPACE, str(place))) for place in range(number)]


@dataclass
class Bytes:
    """Whole responses by request line, and how many were given."""

    answers: dict[bytes, bytes] = field(default_factory=dict)
    served: int = 0
    sent: int = 0

    def answer(self, head: bytes) -> bytes:
        """The response to a request's head; its token says whose it is."""
        line, _, headers = head.partition(b"\r\n")
        method, target, _ = line.split(b" ")
        if target == b"/stats":
            return self._stats()
        # kiota writes the sign of an option as %24.
        target = target.replace(b"%24", b"$")
        key = target if method == b"POST" or b".well-known" in target else _bearer(headers) + target
        found = self.answers.get(key, _NOT_FOUND)
        self.served += 1
        self.sent += len(found)
        return found

    def _stats(self) -> bytes:
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = used.ru_utime + used.ru_stime
        found = {"seconds": seconds, "served": self.served, "sent": self.sent}
        return _response(200, json.dumps(found).encode(), date=0.0)


def _bearer(headers: bytes) -> bytes:
    """The token's middle part, which is the tenant's own."""
    place = headers.lower().find(b"\r\nauthorization: bearer ")
    token = headers[place:].split(b"\r\n", 2)[1].rpartition(b" ")[2] if place >= 0 else b""
    return token.split(b".")[1] if token.count(b".") == 2 else b""


def _response(status: int, body: bytes, *, date: float) -> bytes:
    packed = b""
    if len(body) > 1000:
        body, packed = gzip.compress(body, 1, mtime=0), b"Content-Encoding: gzip\r\n"
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
        f"Date: {formatdate(date, usegmt=True)}\r\n{_HEADERS}Content-Length: {len(body)}\r\n"
    )
    return head.encode() + packed + b"\r\n" + body


_NOT_FOUND = _response(404, b'{"error":{"code":"NotRecorded","message":""}}', date=0.0)


def rendered(recording: Recording, ids: Sequence[str], origin: str, prefixes: Sequence[str]) -> Any:
    """Every response that may be asked for: of all feeds, or of those whose path has a prefix."""
    date = time.mktime(recording.today.timetuple()) + _OPENING_HOUR - time.timezone
    made, templates = Bytes(), sorted(recording.tenants.items())
    for place, tenant in enumerate(ids):
        template, answers = templates[place % len(templates)]
        claims = json.dumps({"tid": tenant}).encode()
        middle = base64.urlsafe_b64encode(claims).rstrip(b"=")
        token = {
            "token_type": "Bearer",
            "expires_in": 86_399,
            "access_token": f"e30.{middle.decode()}.x",
        }
        base = f"/{tenant}".encode()
        opened = json.dumps(openid_configuration(origin, tenant)).encode()
        made.answers[base + b"/v2.0/.well-known/openid-configuration"] = _response(
            200, opened, date=date
        )
        made.answers[base + b"/oauth2/v2.0/token"] = _response(
            200, json.dumps(token).encode(), date=date
        )
        for path, one in answers.items():
            if prefixes and not path.startswith(tuple(prefixes)):
                continue
            own = path.replace(template, tenant).encode()
            body = one.body.replace(template.encode(), tenant.encode())
            body = body.replace(ORIGIN, origin.encode())
            made.answers[middle + own] = _response(one.status, body, date=date)
    return made


def serve(listener: socket.socket, context: ssl.SSLContext, made: Bytes) -> None:
    """Accept for ever, a thread a connection."""
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_talk, args=(connection, context, made), daemon=True).start()


def _talk(connection: socket.socket, context: ssl.SSLContext, made: Bytes) -> None:
    try:
        with context.wrap_socket(connection, server_side=True) as secure:
            waiting = b""
            while piece := secure.recv(16384):
                waiting += piece
                head, end, rest = waiting.partition(b"\r\n\r\n")
                if not end or len(rest) < _length(head):
                    continue
                waiting = rest[_length(head) :]
                secure.sendall(made.answer(head))
    except OSError:
        pass  # whoever asked is done, or was killed


def _length(head: bytes) -> int:
    """The length of the body that a request brings."""
    place = head.lower().find(b"content-length:")
    return int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0


def _write_config(folder: Path, ids: Sequence[str], origin: str) -> Path:
    (folder / "secret.txt").write_text(SECRET)
    config = {
        "cloud": "custom",
        "graph_url": origin,
        "authority": origin,
        "ca_bundle": "ca.pem",
        "credential": {
            "kind": "client_secret",
            "client_id": CLIENT,
            "client_secret": {"file": "secret.txt"},
        },
        "tenants": [{"id": one, "name": f"Tenant {place}"} for place, one in enumerate(ids)],
    }
    path = folder / "tenants.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return path


def main() -> None:
    recording, folder = Recording.load(Path(sys.argv[1])), Path(sys.argv[2])
    ids = tenant_ids(int(sys.argv[3]))
    trust = server_trust(folder)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        origin = f"https://localhost:{listener.getsockname()[1]}"
        made = rendered(recording, ids, origin, sys.argv[4:])
        print(_write_config(folder, ids, origin), flush=True)
        serve(listener, trust.context(), made)


@dataclass(frozen=True)
class Served:
    """A server under way: its tenants.yaml, and where it is."""

    config: Path

    @property
    def url(self) -> str:
        return str(yaml.safe_load(self.config.read_text())["graph_url"])

    def stats(self) -> dict[str, float]:
        """Processor seconds, responses and bytes so far."""
        verify = ssl.create_default_context(cafile=self.config.with_name("ca.pem"))
        found: dict[str, float] = httpx.get(f"{self.url}/stats", verify=verify).json()
        return found


@contextmanager
def serving(
    recording: Path, folder: Path, tenants: int, prefixes: Sequence[str] = ()
) -> Iterator[Served]:
    """A byte server in a process of its own, for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.benchmarks.byte_server", str(recording), str(folder)]
    command += [str(tenants), *prefixes]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        config = process.stdout.readline().strip()
        try:
            yield Served(Path(config))
        finally:
            process.kill()


if __name__ == "__main__":
    main()
