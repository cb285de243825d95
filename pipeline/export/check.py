"""The finished copy held against whose it is: isolation never rests on the filter that made it."""

from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import PostureError
from pipeline.published.manifest import Manifest

_TENANT = "tenant_id"
_REFUSED = "nothing was exported; please report it"


def require_one_tenant(folder: Path, manifest: Manifest, *, tenant_id: str) -> None:
    """Raise PostureError where a file or a table of the copy holds a row that is not the tenant's.

    Every Parquet file below `folder` is read, whether or not the manifest names it, and every
    table of `posture.duckdb`; each model that has a `tenant_id` must still have it.
    """
    for path in sorted(folder.rglob("*.parquet")):
        file = pq.ParquetFile(path)
        if _TENANT in file.schema_arrow.names:
            found = pc.unique(file.read(columns=[_TENANT])[_TENANT]).to_pylist()
            _require_no_other(path.relative_to(folder), found, tenant_id)
    with duckdb.connect(str(folder / "posture.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_columns() where column_name = ?", [_TENANT]
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(
                f'select distinct {_TENANT} from "{schema}"."{table}"'
            ).fetchall()
            _require_no_other(Path("posture.duckdb", table), [one for (one,) in rows], tenant_id)
    held = {table for _, table in tables}
    lost = [n for n, model in manifest.models.items() if _TENANT in model.columns and n not in held]
    if lost:
        raise PostureError(f"posture.duckdb of the copy: {lost[0]} has no {_TENANT}; {_REFUSED}")


def _require_no_other(place: Path, found: list[object], tenant_id: str) -> None:
    others = sorted(str(one) for one in found if one != tenant_id)
    if others:
        raise PostureError(
            f"{place} of the copy: holds rows of {others[0]}, not of {tenant_id} alone; {_REFUSED}"
        )
