"""The columns in front of every row: whose it is, of which day, when it came and in which run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Rows:
    """The rows of one tenant and feed in one table, as they came at a moment."""

    tenant_id: str
    collected_at: datetime
    rows: pa.Table


def stamped(
    found: Sequence[Rows], schema: pa.Schema, *, run_id: str, extract_date: date
) -> pa.Table:
    """All rows one after the other, with tenant_id, extract_date, collected_at and run_id in front.

    Made once for all of them: a part has hundreds of small pieces.
    """
    rows = pa.concat_tables([one.rows for one in found]).unify_dictionaries()
    sizes = [one.rows.num_rows for one in found]
    whose: Any = np.repeat(np.arange(len(found), dtype=np.int32), sizes)
    tenants = {one.tenant_id: None for one in found}
    places = {tenant: place for place, tenant in enumerate(tenants)}
    tenant_of: Any = np.array([places[one.tenant_id] for one in found], np.int32)
    moments = pa.array([one.collected_at for one in found], schema.field("collected_at").type)
    zeros = pa.repeat(pa.scalar(0, pa.int32()), rows.num_rows)
    stamps = {
        "tenant_id": pa.DictionaryArray.from_arrays(pa.array(tenant_of[whose]), [*tenants]),
        "extract_date": pa.repeat(pa.scalar(extract_date, pa.date32()), rows.num_rows),
        "collected_at": moments.take(pa.array(whose)),
        "run_id": pa.DictionaryArray.from_arrays(zeros, [run_id]),
    }
    return pa.table(stamps | {name: rows[name] for name in rows.column_names})
