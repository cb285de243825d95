"""What register.yaml declares by its newest run, entry by entry, and how those stand who hold a
role by it (meanings 7)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.oracle.captures import COMPLETE, Life
from tests.oracle.days import Gathered
from tests.oracle.declared import EMERGENCY, declared_on
from tests.oracle.people import identity_statuses

Row = dict[str, Any]
Entry = Mapping[str, Any]


def declaration_rows(
    life: Life, tenant_id: str, gathered: Mapping[date, Gathered]
) -> Iterator[Row]:
    """One row per entry of a tenant that is still configured."""
    told = list(life.settings(tenant_id))
    if not told or not gathered or told[-1][0].order != max(run.order for run in life.runs):
        return
    one = gathered[max(gathered)]
    by = declared_on(one.day, one.assignments).entries
    for entry in told[-1][1].declared:
        name = named(entry)
        held = [person for person in one.people if by.get(person["principal_id"]) == name]
        failed, unknown = (_all(held, column) for column in ("failed_checks", "unknown_checks"))
        if entry["role"] == EMERGENCY and not held:
            # An emergency account without a role is none.
            failed = {"not_standing"} if _are_holders_known(one) else set()
        yield {
            "tenant_id": tenant_id,
            "declared_by": name,
            "subject_kind": "group" if entry.get("group") else "principal",
            "declared_role": entry["role"],
            "holder_count": len(held),
            "is_expected": False if failed else True if held and not unknown else None,
            "failed_checks": ", ".join(sorted(failed)) or None,
            "unknown_checks": ", ".join(sorted(unknown)) or None,
            "since_date": _since(told, entry),
        }


def _are_holders_known(one: Gathered) -> bool:
    is_read = identity_statuses(one.day)["role_status"] in COMPLETE
    return is_read and not one.has_unread_group


def named(entry: Entry) -> str:
    return str(entry.get("principal") or entry["group"])


def _all(people: list[Row], column: str) -> set[str]:
    return {one for person in people for one in (person[column] or "").split(", ") if one}


def _since(told: list[Any], entry: Entry) -> date:
    """The first of the runs that have had it without a break, up to the newest."""
    since = told[-1][0].run_date
    for run, setting in reversed(told):
        if not any(
            named(e) == named(entry) and e["role"] == entry["role"] for e in setting.declared
        ):
            break
        since = run.run_date
    return since
