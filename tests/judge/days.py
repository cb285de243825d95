"""The days of a life, gathered for the judges of people and policies.

Beside the feeds by their names a life may hold what one feed reads in several requests: the beta
policies, and the members of groups, each record with the id of its group as `@parent`.
`sign_in_activity` tells how the request for it ended; nothing is read from it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from tests.judge.captures import COMPLETE, Life, Record
from tests.judge.people import POLICIES, REGISTRATION
from tests.judge.roles import Roles
from tests.judge.tenant_day import GROUP_FEEDS, ROLE_FEEDS, TYPED_FEEDS, TenantDay

PARENT = "@parent"
BENEATH, PREVIEW, SIGN_INS = "transitive_members", f"{POLICIES}_beta", "sign_in_activity"
FEEDS = (
    *ROLE_FEEDS,
    *GROUP_FEEDS,
    *TYPED_FEEDS,
    "role_definitions",
    "group_members",
    REGISTRATION,
    POLICIES,
    "authentication_strengths",
    "security_defaults",
    "risky_users",
    "risk_detections",
)


def tenant_day(life: Life, tenant_id: str, day: date, roles: Roles) -> TenantDay:
    def read(feed: str) -> tuple[Record, ...]:
        return life.snapshots(tenant_id, feed).get(day, ())

    return TenantDay(
        day,
        {feed: life.outcome_on(tenant_id, feed, day) for feed in FEEDS},
        {feed: read(feed) for feed in FEEDS},
        _by_parent(read("group_members")),
        _by_parent(read(BENEATH)),
        read(PREVIEW),
        roles,
        life.outcome_on(tenant_id, SIGN_INS, day) in COMPLETE,
    )


def _by_parent(records: Iterable[Record]) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record[PARENT].lower(), []).append(record)
    return found
