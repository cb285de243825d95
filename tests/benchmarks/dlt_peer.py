"""dlt's REST source, held against collection: `dlt_peer.py CONFIG FOLDER TENANTS IDS`.

Needs dlt alone, which has an environment of its own (`make bench-peers`). As fast as its own manual
makes it: Parquet without an intermediate, responses of several tenants at once, few and large
files, a process a core for what comes between, nothing sent to anybody. IDS is a file with the
ids of the tenants, so that nothing of this project is imported.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

SCORES = "security/secureScores?$top=90"
PROFILES = "security/secureScoreControlProfiles?$top=999"
_AT_ONCE = "20"
_ROWS = "50000"


def settle(folder: Path, ca: Path) -> None:
    """What dlt reads from the environment, before it is imported."""
    os.environ |= {
        "REQUESTS_CA_BUNDLE": str(ca),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
        "EXTRACT__WORKERS": _AT_ONCE,
        "EXTRACT__MAX_PARALLEL_ITEMS": _AT_ONCE,
        "NORMALIZE__WORKERS": str(os.cpu_count() or 1),
        "NORMALIZE__START_METHOD": "spawn",
        "DATA_WRITER__BUFFER_MAX_ITEMS": _ROWS,
        "DATA_WRITER__FILE_MAX_ITEMS": _ROWS,
        "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": _ROWS,
        "DESTINATION__FILESYSTEM__BUCKET_URL": (folder / "out").as_uri(),
        "DLT_DATA_DIR": str(folder / "dlt"),
    }


def resources(config: dict[str, Any], ids: list[str]) -> Iterator[Any]:
    """One resource a tenant and endpoint, each into the table of its endpoint."""
    from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
    from dlt.sources.rest_api import rest_api_resources

    for tenant in ids:
        auth = OAuth2ClientCredentials(
            access_token_url=f"{config['authority']}/{tenant}/oauth2/v2.0/token",
            client_id=config["credential"]["client_id"],
            client_secret="benchmark",
            access_token_request_data={"scope": f"{config['graph_url']}/.default"},
        )
        made = rest_api_resources(
            {
                "client": {
                    "base_url": f"{config['graph_url']}/v1.0/",
                    "auth": auth,
                    "paginator": {"type": "json_link", "next_url_path": "'@odata.nextLink'"},
                },
                "resources": [
                    _resource(tenant, "scores", SCORES, paginator="single_page"),
                    _resource(tenant, "profiles", PROFILES),
                ],
            }
        )
        for one in made:
            yield one.add_map(_of(tenant)).parallelize()


def _resource(tenant: str, table: str, path: str, **more: Any) -> dict[str, Any]:
    endpoint = {"path": path, "data_selector": "value", **more}
    return {"name": f"{table}_{tenant}", "table_name": table, "endpoint": endpoint}


def _of(tenant: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda row: row | {"tenant_id": tenant}


def main() -> None:
    """Read and write all, and print the seconds as JSON on the last line."""
    path, target, number, ids = (Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
    target.mkdir(parents=True, exist_ok=True)
    config, ca = yaml.safe_load(path.read_text()), path.with_name("ca.pem")
    settle(target, ca)
    import dlt

    tenants = Path(ids).read_text().split()[: int(number)]
    started = time.perf_counter()
    pipeline = dlt.pipeline("peer", destination="filesystem", dataset_name="graph")
    pipeline.run([*resources(config, tenants)], loader_file_format="parquet")
    print(json.dumps({"seconds": time.perf_counter() - started}))
    written = {one.name for one in (target / "out" / "graph").iterdir()}
    assert {"scores", "profiles", "scores__control_scores"} <= written, written


if __name__ == "__main__":
    main()
