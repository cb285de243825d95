"""The records behind the audit log, as long as a tenant's licence keeps them."""

from pipeline.sandbox.protocol.odata import read_filter
from pipeline.sandbox.records.rows import Request, Rows, dumped, filtered, moment_of, ordered

_KEPT, _KEPT_FREE = 30, 7
_WORDS = ("id", "category", "correlationId", "result", "activityDisplayName", "loggedByService")


def directory_audits(request: Request) -> Rows:
    days = _KEPT_FREE if request.story.tenant.licence_tier == "free" else _KEPT
    found = request.story.audits.entries(request.number - days, request.number)
    now = f"{request.now:%Y-%m-%dT%H:%M:%S}"
    records = [record for record in reversed(found) if record["activityDateTime"][:19] <= now]
    for clause in read_filter(request.query, [*_WORDS, "activityDateTime"]):
        if clause.field == "activityDateTime":
            bound = moment_of(clause)
            records = [r for r in records if clause.holds(r["activityDateTime"][:19], bound)]
        else:
            records = [dict(record) for record in filtered(records, [clause])]
    return dumped(ordered(records, request.query, ["activityDateTime"]), request.query)
