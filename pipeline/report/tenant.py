"""Everything the report of one tenant shows; nothing in it names or counts another tenant."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.errors import PostureError
from pipeline.report.access import read_access
from pipeline.report.coverage import groups, read_feeds, read_quality
from pipeline.report.rows import Reader
from pipeline.report.tenant_movement import read_movement, read_scopes
from pipeline.report.tenant_score import read_trend
from pipeline.report.tenant_work import read_changes, read_work

_OVERVIEW = "from marts.mart_posture_overview where tenant_id = $tenant"
# No percentile, rank or number of tenants: with them a client could tell who else there is.
_COMPARISON = """
select tenant_id, comparison_status, score_ratio, portfolio_decile, segment_decile,
    licence_tier_decile, all_tenants_average_ratio, all_tenants_gap_ratio,
    total_seats_average_ratio, total_seats_gap_ratio, industry_types_average_ratio,
    industry_types_gap_ratio
from marts.mart_tenant_comparison
where tenant_id = $tenant
"""
_PRACTICES = "from marts.mart_best_practices where tenant_id = $tenant order by practice"
_ZERO_TRUST = "from marts.mart_zero_trust where tenant_id = $tenant order by principle desc"


def read_tenant(reader: Reader, since: date) -> dict[str, Any]:
    """The content of a tenant's report. Raises PostureError where the tenant is not published."""
    overview = reader.one("mart_posture_overview", "tenant_id", _OVERVIEW)
    if overview is None:
        raise PostureError(
            f"tenant {reader.tenant_id}: is not in the published snapshot; "
            "`posture status` lists those that are"
        )
    access = read_access(reader)
    return {
        "overview": overview,
        "comparison": reader.one("mart_tenant_comparison", "tenant_id", _COMPARISON),
        "trend": read_trend(reader),
        "movement": read_movement(reader),
        "scopes": read_scopes(reader),
        "work": read_work(reader),
        "access": access,
        "practices": reader.rows("mart_best_practices", "tenant_id practice", _PRACTICES),
        "zero_trust": reader.rows("mart_zero_trust", "tenant_id principle", _ZERO_TRUST),
        "changes": read_changes(reader, since),
        "quality": read_quality(reader),
        "feeds": read_feeds(reader),
        "groups": groups(access["posture"]),
    }
