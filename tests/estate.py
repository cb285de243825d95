"""A provider's eight clients over seven weeks, published once for all tests of what people read.

Three to a size, so that percentiles exist over all of them and are withheld in each segment; some
names are hostile to markup, spreadsheets and paths.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml

from pipeline.collection.collect import collect
from pipeline.config.settings import load_config
from pipeline.home import Home
from pipeline.published.publish import publish
from pipeline.sandbox import Sandbox
from pipeline.warehouse.build import build

TENANTS = 8
HISTORY = 60
LAST_DAY = date(2026, 6, 30)
COLLECTED = (28, 14, 7, 1, 0)
HOSTILE_NAMES = {
    1: "</script><img src=x onerror=alert(1)>",
    4: "=HYPERLINK(\"x\") & 'Söhne' \u202egmbh",
}


@dataclass(frozen=True)
class Estate:
    """A home that was collected, built and published, and the configuration it came from."""

    home: Home
    config: Path
    tenant_ids: tuple[str, ...]


def live(root: Path) -> Estate:
    """Collect five days of eight tenants, build once, publish once."""
    home, config = Home(root / "home"), root / "tenants.yaml"
    first = LAST_DAY - timedelta(days=COLLECTED[0])
    shape = {"tenants": TENANTS, "days": HISTORY, "seed": 5, "users": 40}
    with (
        Sandbox(**shape, today=first, latency=0.0, throttling=False, log_requests=False) as sandbox,
        home.lock(),
    ):
        ids = configure(sandbox, config)
        settings = load_config(config)
        for back in COLLECTED:
            sandbox.set_today(LAST_DAY - timedelta(days=back))
            collect(settings, home, run_date=sandbox.today)
        outcome = build(home)
        assert outcome.ok, f"build failed: {outcome.failed}"
        publish(home, run_date=LAST_DAY, published_at=datetime(2026, 6, 30, 6, 0, tzinfo=UTC))
    return Estate(home, config, ids)


def declared(sandbox: Sandbox) -> list[dict[str, str]]:
    """One emergency account, without its second; a name that nobody has."""
    tenant = next(one for one in sandbox.tenants if one.segment != "small_business")
    emergency = {
        "tenant": tenant.tenant_id,
        "principal": f"emergency.access@{tenant.domain}",
        "role": "emergency",
        "owner": "Ada Berg",
    }
    return [emergency, {"tenant": tenant.tenant_id, "principal": "a@b.example", "role": "service"}]


def configure(sandbox: Sandbox, config: Path) -> tuple[str, ...]:
    """Write the provider's tenants.yaml, some of its names hostile."""
    sandbox.write_config(config)
    document = yaml.safe_load(config.read_text())
    for position, name in HOSTILE_NAMES.items():
        document["tenants"][position]["name"] = name
    document["access"] = [
        {"user": "Anna@Provider.Example", "tenants": "all"},
        {"user": "bo@provider.example", "tenants": [one["id"] for one in document["tenants"][:2]]},
    ]
    config.write_text(yaml.safe_dump(document, allow_unicode=True))
    config.with_name("register.yaml").write_text(yaml.safe_dump({"principals": declared(sandbox)}))
    return tuple(entry["id"].lower() for entry in document["tenants"])
