"""A home that only ever knew one tenant of an estate: its part of the lake, built and published.

What a model says of the tenant there cannot depend on any other.
"""

from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.home import Home
from pipeline.published.manifest import read_manifest
from pipeline.published.publish import publish
from pipeline.warehouse.build import OPS
from pipeline.warehouse.dbt import invoke_dbt, parse_project
from pipeline.warehouse.slices import pending_slices
from pipeline.warehouse.sources import create_source_views
from tests.estate import Estate

WITHOUT_TESTS = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")


def live_alone(estate: Estate, tenant: str, root: Path) -> Home:
    home = Home(root)
    for path in estate.home.lake.glob("*/*/*.parquet"):
        rows = pq.ParquetFile(path).read()
        rows = rows.filter(pc.equal(rows["tenant_id"], tenant))
        if rows.num_rows:
            target = home.lake / path.relative_to(estate.home.lake)
            target.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows, target)
    parse_project(home)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(OPS)
        connection.execute("insert into ops.generation values ('alone', 'these', null)")
    for slice_ in pending_slices(home.warehouse, home.lake) or ():
        create_source_views(home.warehouse, home.lake, slice_, None)
        nodes = invoke_dbt(home, ["build", *WITHOUT_TESTS], warehouse=home.warehouse)
        assert not [node.name for node in nodes if node.is_failure]
    manifest = read_manifest(estate.home.published)
    assert manifest is not None
    publish(home, run_date=manifest.as_of, published_at=manifest.published_at)
    return home
