"""What collection is held against, each in a process of its own: `… PEER CONFIG FOLDER TENANTS`.

`floor` receives, unpacks, parses and writes the bytes as zstd Parquet; `typed` reads with
msgraph-sdk's typed models into pandas into Parquet, all tables, unknown members kept.
"""

import asyncio
import gzip
import http.client
import json
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from .byte_server import tenant_ids

SCORES = "/v1.0/security/secureScores?$top=90"
PROFILES = "/v1.0/security/secureScoreControlProfiles?$top=999"
_TENANTS_A_FILE = 50
# More at once would only cost pages of memory.
_BODIES_A_FILE = 10


def floor(config: dict[str, Any], trust: ssl.SSLContext, folder: Path, ids: list[str]) -> None:
    """One connection, one thread, one file a table and fifty tenants."""
    origin = urlsplit(config["graph_url"])
    connection = http.client.HTTPSConnection(origin.hostname or "", origin.port, context=trust)
    rows: dict[str, list[bytes]] = {"scores": [], "profiles": []}
    for place, tenant in enumerate(ids, 1):
        connection.request("POST", f"/{tenant}/oauth2/v2.0/token", b"")
        token = orjson.loads(connection.getresponse().read())["access_token"]
        for name, url in (("scores", SCORES), ("profiles", PROFILES)):
            target = url
            while target:
                headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
                connection.request("GET", target, headers=headers)
                body = gzip.decompress(connection.getresponse().read())
                page = orjson.loads(body)
                assert page["value"]
                rows[name].append(body)
                target = page.get("@odata.nextLink", "").removeprefix(config["graph_url"])
                target = "" if name == "scores" else target
        if place % _BODIES_A_FILE == 0 or place == len(ids):
            for name, bodies in rows.items():
                table = pa.table({"body": pa.array(bodies, pa.binary())})
                path = folder / f"{name}-{place}.parquet"
                pq.write_table(table, path, compression="zstd", use_dictionary=False)
                bodies.clear()


def typed(config: dict[str, Any], ca: Path, folder: Path, ids: list[str]) -> None:
    """As msgraph-sdk's own documentation reads: a client, its models, pages by their link."""
    asyncio.run(_typed(config, ca, folder, ids))


async def _typed(config: dict[str, Any], ca: Path, folder: Path, ids: list[str]) -> None:
    import httpx
    from azure.identity.aio import ClientSecretCredential
    from kiota_authentication_azure.azure_identity_authentication_provider import (
        AzureIdentityAuthenticationProvider,
    )
    from msgraph import GraphServiceClient
    from msgraph.generated.security.secure_scores.secure_scores_request_builder import (
        SecureScoresRequestBuilder as Scores,
    )
    from msgraph.graph_request_adapter import GraphRequestAdapter

    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=ca)) as client:
        frames = _Frames(folder)
        for place, tenant in enumerate(ids, 1):
            credential = ClientSecretCredential(
                tenant,
                config["credential"]["client_id"],
                "benchmark",
                authority=config["authority"],
                disable_instance_discovery=True,
                connection_verify=str(ca),
            )
            host = urlsplit(config["graph_url"]).hostname or ""
            provider = AzureIdentityAuthenticationProvider(
                credential, scopes=[f"{config['graph_url']}/.default"], allowed_hosts=[host]
            )
            adapter = GraphRequestAdapter(provider, client=client)
            adapter.base_url = f"{config['graph_url']}/v1.0"
            graph = GraphServiceClient(request_adapter=adapter)
            query = Scores.SecureScoresRequestBuilderGetQueryParameters(top=90)
            options: Any = Scores.SecureScoresRequestBuilderGetRequestConfiguration(
                query_parameters=query
            )
            page = await graph.security.secure_scores.get(options)
            assert page
            assert page.value
            frames.scores(tenant, page.value)
            profiles = graph.security.secure_score_control_profiles
            every: Any = await profiles.with_url(f"{config['graph_url']}{PROFILES}").get()
            while every:
                frames.profiles(tenant, every.value)
                link = every.odata_next_link
                every = await profiles.with_url(link).get() if link else None
            await credential.close()
            if place % _TENANTS_A_FILE == 0 or place == len(ids):
                frames.write(place)


class _Frames:
    """Rows by table, from models to pandas."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def _add(self, table: str, model: Any, keys: dict[str, Any], children: tuple[str, ...]) -> None:
        row = {**keys}
        for name, value in _members(model):
            if name in children:
                for position, item in enumerate(value or ()):
                    inner = {**keys, "parent_id": model.id, "position": position}
                    if isinstance(item, str):
                        rows = self._rows.setdefault(f"{table}_{name}", [])
                        rows.append({**inner, "value": item})
                    else:
                        self._add(f"{table}_{name}", item, inner, ())
            elif name == "vendor_information":
                row |= {f"vendor_{key}": one for key, one in _members(value)} if value else {}
            elif name == "additional_data":
                row["extra"] = json.dumps(value, default=str) if value else None
            else:
                row[name] = value
        self._rows.setdefault(table, []).append(row)

    def scores(self, tenant: str, models: list[Any]) -> None:
        children = ("enabled_services", "average_comparative_scores", "control_scores")
        for model in models:
            self._add("scores", model, {"tenant_id": tenant}, children)

    def profiles(self, tenant: str, models: list[Any]) -> None:
        children = ("threats", "control_state_updates", "compliance_information")
        for model in models:
            self._add("profiles", model, {"tenant_id": tenant}, children)

    def write(self, place: int) -> None:
        import pandas as pd

        for table, rows in self._rows.items():
            frame = pd.DataFrame.from_records(rows)
            for name in frame.columns:
                if frame[name].map(lambda one: isinstance(one, list | dict)).any():
                    frame[name] = frame[name].map(lambda one: json.dumps(one, default=str))
            frame.to_parquet(self._folder / f"{table}-{place}.parquet", compression="zstd")
        self._rows.clear()


def _members(model: Any) -> Iterator[tuple[str, Any]]:
    store = model.backing_store
    for name in vars(type(model)).get("__dataclass_fields__", {}):
        if name not in ("backing_store", "odata_type"):
            yield name, store.get(name) if name != "additional_data" else model.additional_data


def main() -> None:
    peer, path, target, number = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    config, ca = yaml.safe_load(path.read_text()), path.with_name("ca.pem")
    ids = tenant_ids(int(number))
    target.mkdir(parents=True, exist_ok=True)
    trust = ssl.create_default_context(cafile=ca)
    if peer == "typed":
        import msgraph
        import pandas  # noqa: F401

        assert msgraph
        # The first tenant imports hundreds of models.
        typed(config, ca, target, ids[:1])
    started = time.perf_counter()
    floor(config, trust, target, ids) if peer == "floor" else typed(config, ca, target, ids)
    print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
