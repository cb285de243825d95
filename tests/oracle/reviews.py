"""Two practices about the administrators themselves: MFA for each, and how many there are."""

from collections.abc import Iterable, Sequence
from typing import Any

from tests.oracle.coverage import GOOD
from tests.oracle.documented_roles import SECURITY_READERS
from tests.oracle.people import is_stale
from tests.oracle.roles import GLOBAL_ADMINISTRATOR, makes_administrator
from tests.oracle.tenant_day import PARTNER, TenantDay

MAX_STANDING, MAX_WITHOUT_PIM = 5, 2
MIN_GLOBAL, MAX_GLOBAL = 2, 4
SOME = (*GOOD, "conditional", "narrow", "report_only")
Row = dict[str, Any]


def mfa_admins(day: TenantDay, assignments: Sequence[Row], people: Sequence[Row]) -> str:
    """Every administrator covered, behind MFA on activation, or declared and in order; disabled
    ones count."""
    held = [row for row in assignments if makes_administrator(row)]
    users = {row["principal_id"] for row in held if row["principal_type"] == "user"}
    found = [_protection(p) for p in people if p["principal_id"] in users]
    if any(r["principal_type"] == "group" for r in held) or not day.is_complete("role_assignments"):
        found.append("unknown")
    is_some = any(coverage in SOME for coverage in found)
    is_missed = any(coverage not in (*GOOD, "unknown") for coverage in found)
    if not found or ("unknown" in found and not (is_some and is_missed)):
        return "unknown"
    return "not_implemented" if not is_some else "partial" if is_missed else "implemented"


def _protection(person: Row) -> str:
    """The coverage; who activates with MFA, or is declared and in order, needs none."""
    if person.get("activation_requires_mfa"):
        return GOOD[0]
    if person["declared_role"] is None or person["mfa_policy_coverage"] in GOOD:
        return str(person["mfa_policy_coverage"])
    if person["is_expected"] is None:
        return "unknown"
    return GOOD[0] if person["is_expected"] else str(person["mfa_policy_coverage"])


def review(
    day: TenantDay, assignments: Sequence[Row], people: Sequence[Row], licence_tier: str | None
) -> str:
    """All conditions met, or half of them; unknown where either answer would change the status."""
    if not day.is_complete("role_assignments"):
        return "unknown"
    met = _conditions(day, assignments, people)
    several = {"p2": [met], None: [met, met[:-1]]}.get(licence_tier, [met[:-1]])
    found = {
        _share(known.count(True) + assumed, len(known))
        for known in several
        for assumed in range(known.count(None) + 1)
    }
    return found.pop() if len(found) == 1 else "unknown"


def _share(met: int, of: int) -> str:
    return "implemented" if met == of else "partial" if 2 * met >= of else "not_implemented"


def _conditions(
    day: TenantDay, assignments: Sequence[Row], people: Sequence[Row]
) -> list[bool | None]:
    """Global Administrators, standing users, none stale, guest or from another tenant among who
    stands, with P2 all but two in PIM; who only reads security data is left aside."""
    held = [
        row
        for row in assignments
        if row["is_privileged"] and row["role_template_id"] not in SECURITY_READERS
    ]
    closed = [row for row in held if row["principal_type"] == "group"]
    top = [row for row in held if row["role_template_id"] == GLOBAL_ADMINISTRATOR]
    admins = {row["principal_id"] for row in top if row not in closed}
    spare, perhaps = _emergency_accounts(people)
    users = {
        p["principal_id"]: p
        for p in people
        if p["principal_type"] == "user" and p["principal_id"] not in spare
    }
    kinds = ("standing", "active_unknown")
    sure, possible = (
        {r["principal_id"] for r in held if r["assignment_kind"] in ks} & set(users)
        for ks in (kinds[:1], kinds)
    )
    sure -= perhaps
    is_open = any(row["assignment_kind"] in kinds for row in closed)

    def at_most(most: int) -> bool | None:
        if len(sure) > most:
            return False
        return None if is_open or len(possible) > most else True

    most, least = len(admins - spare), len(admins - spare - perhaps)
    answers = {MIN_GLOBAL <= count <= MAX_GLOBAL for count in range(least, most + 1)}
    global_count = answers.pop() if len(answers) == 1 else None
    if least <= MAX_GLOBAL and any(row in closed for row in top):
        global_count = None
    bad = {u: _any_of([is_stale(day, users[u]), bool(users[u]["is_guest"])]) for u in possible}
    known = {p["principal_id"] for p in people if p["declared_role"] == "partner"}
    outside = [
        row for row in held if row["principal_type"] == PARTNER and row["principal_id"] not in known
    ]
    bad |= {r["principal_id"]: True for r in outside if r["assignment_kind"] in kinds}
    strangers = {r["principal_id"] for r in outside if r["assignment_kind"] == "standing"}
    worst = _any_of([bad[one] for one in sure | strangers])
    if worst is not True and (is_open or any(one is not False for one in bad.values())):
        worst = None
    return [
        global_count,
        at_most(MAX_STANDING),
        None if worst is None else not worst,
        at_most(MAX_WITHOUT_PIM),
    ]


def _emergency_accounts(people: Sequence[Row]) -> tuple[set[str], set[str]]:
    """Those in order, and those of which nobody knows whether they are."""
    found = [p for p in people if p["declared_role"] == "emergency"]
    return (
        {p["principal_id"] for p in found if p["is_expected"]},
        {p["principal_id"] for p in found if p["is_expected"] is None},
    )


def _any_of(answers: Iterable[bool | None]) -> bool | None:
    reported = list(answers)
    return True if True in reported else None if None in reported else False
