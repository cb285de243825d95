"""What a sandbox answers to a run over all feeds, rendered once and kept as bytes."""

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx

from pipeline.collection.collect import collect
from pipeline.config.settings import load_config
from pipeline.home import Home
from pipeline.sandbox import Sandbox
from tests.oracle.unhurried import without_waits

TODAY = date(2026, 6, 30)
SECRET = "benchmark"
CLIENT = "00000000-0000-0000-0000-0000000000c1"
# Where the recorded bodies name the server; the one that plays them puts itself in.
ORIGIN = b"https://localhost:1"


@dataclass(frozen=True)
class Recorded:
    """One answer: its body is plain, and names its tenant and `ORIGIN`."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Recording:
    """The answers of each tenant by path and query, and the day they were given on."""

    today: date
    tenants: dict[str, dict[str, Recorded]]

    def save(self, path: Path) -> None:
        path.write_bytes(pickle.dumps(self))

    @classmethod
    def load(cls, path: Path) -> "Recording":
        """A recording that `save` wrote; of a file of one's own alone."""
        made = pickle.loads(path.read_bytes())
        assert isinstance(made, cls)
        return made


def record(*, tenants: int = 3, days: int = 90, seed: int = 7) -> Recording:
    """Collect all feeds of a sandbox once, and ask again for what was asked for."""
    options = {"throttling": False, "latency": 0.0, "today": TODAY, "page_size": 100}
    with (
        tempfile.TemporaryDirectory() as name,
        Sandbox(tenants=tenants, days=days, seed=seed, **options) as sandbox,  # type: ignore[arg-type]
    ):
        folder = Path(name)
        settings = load_config(sandbox.write_config(folder / "tenants.yaml"))
        with without_waits():
            collect(settings, Home(folder / "data"), run_date=TODAY)
        asked = {
            (one.tenant_id, one.path)
            for one in sandbox.requests
            if one.tenant_id and one.path.startswith(("/v1.0/", "/beta/"))
        }
        found: dict[str, dict[str, Recorded]] = {one.tenant_id: {} for one in sandbox.tenants}
        with _client(sandbox) as client:
            tokens = {one: _token(client, sandbox, folder, one) for one in found}
            for tenant, path in sorted(asked):
                headers = {"Authorization": f"Bearer {tokens[tenant]}"}
                reply = client.get(path, headers=headers)
                body = reply.content.replace(sandbox.url.encode(), ORIGIN)
                found[tenant][path] = Recorded(reply.status_code, body)
    return Recording(TODAY, found)


@contextmanager
def _client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, verify=str(sandbox.ca_bundle)) as client:
        yield client


def _token(client: httpx.Client, sandbox: Sandbox, folder: Path, tenant: str) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox._world.estate.application.client_id,
        "client_secret": (folder / "client-secret.txt").read_text(),
        "scope": f"{sandbox.url}/.default",
    }
    reply = client.post(f"/{tenant}/oauth2/v2.0/token", data=form)
    return str(reply.raise_for_status().json()["access_token"])
