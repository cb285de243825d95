"""A home that only ever knew one tenant of an estate: its part of the lake, built and published.

What a model says of the tenant there cannot depend on any other.
"""

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.home import Home
from pipeline.published.manifest import read_manifest
from pipeline.published.publish import publish
from pipeline.warehouse.build import build
from tests.estate import Estate


def live_alone(estate: Estate, tenant: str, root: Path) -> Home:
    home = Home(root)
    for path in estate.home.lake.glob("*/*/*.parquet"):
        rows = pq.ParquetFile(path).read()
        rows = rows.filter(pc.equal(rows["tenant_id"], tenant))
        if rows.num_rows:
            target = home.lake / path.relative_to(estate.home.lake)
            target.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows, target)
    result = build(home)
    assert result.ok, result.failed
    manifest = read_manifest(estate.home.published)
    assert manifest is not None
    publish(home, run_date=manifest.as_of, published_at=manifest.published_at)
    return home
