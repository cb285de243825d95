"""The published home of one client, as its own copy has it: its rows alone, nobody to compare."""

import json
from pathlib import Path

from pipeline import open_published
from pipeline.home import Home
from pipeline.text import quoted

EMPTY_IN_A_COPY = ("mart_portfolio_trend", "mart_control_portfolio")


def home_of(tenant_id: str, home: Home, target: Path) -> Home:
    """Write what `home` publishes of the tenant under `target`; of nobody where none has the id."""
    published = target / "published"
    manifest = json.loads((home.published / "manifest.json").read_text())
    with open_published(home) as connection:
        for name, model in manifest["models"].items():
            path = f"snapshots/{manifest['snapshot']}/{name}/{name}.parquet"
            (published / path).parent.mkdir(parents=True, exist_ok=True)
            kept = "true"
            if name in EMPTY_IN_A_COPY:
                kept = "false"
            elif "tenant_id" in model["columns"]:
                kept = f"tenant_id = {quoted(tenant_id)}"
            model["rows"] = connection.execute(
                f"copy (select * {_withheld(name)} from {name} where {kept} order by all)"
                f" to {quoted(str(published / path))}"
            ).fetchall()[0][0]
            model["files"] = [{"path": path, "rows": model["rows"], "bytes": 0, "sha256": 64 * "0"}]
    (published / "manifest.json").write_text(json.dumps(manifest))
    return Home(target)


def _withheld(name: str) -> str:
    """A client of so few learns neither its place nor its decile."""
    if name != "mart_tenant_comparison":
        return ""
    columns = ("portfolio_rank", "portfolio_percentile_ratio", "segment_percentile_ratio")
    deciles = ("portfolio_decile", "segment_decile", "licence_tier_decile")
    nulls = [f"null::double as {column}" for column in columns]
    nulls += [f"null::integer as {column}" for column in deciles]
    return f"replace ({', '.join(nulls)})"
