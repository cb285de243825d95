"""How complete and how fresh the numbers are, for one tenant or for all."""

from __future__ import annotations

from typing import Any

from pipeline.report import words
from pipeline.report.rows import Reader, Row, total

_QUALITY = """
select severity, finding, feed, count(*) as row_count, count(distinct tenant_id) as tenant_count,
    min(first_date) as first_date, max(last_date) as last_date,
    arg_max(detail, (last_date, tenant_id, subject)) as detail,
    arg_max(next_step, (last_date, tenant_id, subject)) as next_step
from marts.mart_data_quality
{where}
group by severity, finding, feed
order by severity desc, count(*) desc, finding, feed
"""
_FEEDS = """
select run_id, tenant_id, feed, extract_date, outcome, note,
    max(extract_date) filter (where outcome in ('ok', 'empty'))
        over (partition by tenant_id, feed) as last_good_date
from core.fct_collection
where tenant_id = $tenant
qualify row_number() over (partition by tenant_id, feed order by run_id desc) = 1
order by outcome in ('ok', 'empty'), feed
"""


def read_quality(reader: Reader) -> list[dict[str, Any]]:
    """Findings of data quality, one line a kind and feed, warnings first."""
    where = "where tenant_id = $tenant" if reader.tenant_id else ""
    own = {"tenant_id": reader.tenant_id} if reader.tenant_id else {}
    lines = []
    for severity, finding, feed, count, tenants, first, last, detail, step in reader.values(
        _QUALITY.format(where=where)
    ):
        key = {"severity": severity, "finding": finding, "feed": feed, **own}
        lines.append(
            {
                "severity": severity,
                "finding": finding,
                "feed": feed,
                "count": total("mart_data_quality", "finding", count, **key),
                "tenants": total("mart_data_quality", "tenant_id", tenants, "distinct", **key),
                "first": first,
                "last": last,
                "detail": detail,
                "next_step": step,
            }
        )
    return lines


def read_feeds(reader: Reader) -> list[Row]:
    """How each feed of the tenant ended in the newest run that asked for it, failures first."""
    return reader.rows("fct_collection", "run_id tenant_id feed", _FEEDS)


def groups(posture: Row | None) -> list[tuple[str, str | None]]:
    """Each group of columns with the outcome that decides it."""
    return [(label, posture[column] if posture else None) for column, label in words.GROUPS.items()]
