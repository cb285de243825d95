"""The audit log of a directory: who made policies, gave roles and used them, and when."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.audit_entries import Record, by_app, by_user, entry, target
from pipeline.sandbox.story.directory import Grant
from pipeline.sandbox.story.policies import Change
from pipeline.sandbox.story.roles import role_definitions

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story


class Audits:
    """One tenant's log, by days of its story; an entry is the same whenever it is asked for."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    def entries(self, first: int, last: int) -> list[Record]:
        """What was logged from one day to another, oldest first."""
        found = [
            *self._of_policies(first, last),
            *self._of_roles(first, last),
            *self._of_machines(first, last),
        ]
        return sorted(found, key=lambda one: (one["activityDateTime"], one["id"]))

    def _of_policies(self, first: int, last: int) -> Iterator[Record]:
        for change in self._story.policies.changes(last):
            if change.day < first:
                continue
            word = "Add" if change.is_first else "Update"
            yield self._of_policy(change, word, change.moment, "")
            if "all users" in change.name and not change.is_first:
                # Two people had a hand in it that morning.
                yield self._of_policy(change, word, change.moment.replace("T08:", "T07:"), "again")

    def _of_policy(self, change: Change, word: str, moment: str, again: str) -> Record:
        person = self._person("policy", change.policy_id, change.day, again)
        property_ = {
            "displayName": "ConditionalAccessPolicy",
            "oldValue": None if word == "Add" else "{}",
            "newValue": "{}",
        }
        policy = target(change.policy_id, "Policy", change.name, modified=[property_])
        key = (change.policy_id, change.day, again)
        return self._entry(
            f"{word} conditional access policy", "Policy", "Conditional Access", moment, key,
            initiated=by_user(person), targets=[policy], kind="Add" if word == "Add" else "Update",
        )  # fmt: skip

    def _of_roles(self, first: int, last: int) -> Iterator[Record]:
        for day in range(max(first, 1), last + 1):
            before = {grant.id: grant for grant in self._story.directory.grants(day - 1)}
            after = {grant.id: grant for grant in self._story.directory.grants(day)}
            for identifier in sorted(after.keys() - before.keys()):
                yield self._of_grant(after[identifier], "Add member to role", "Assign", day)
            for identifier in sorted(before.keys() - after.keys()):
                ended = before[identifier]
                yield self._of_grant(ended, "Remove member from role", "Unassign", day)
            for instance in self._story.pim.active(day):
                if instance.activated:
                    yield from self._activation(instance.grant, instance.start, day)

    def _of_grant(self, grant: Grant, activity: str, kind: str, day: int) -> Record:
        person = self._person("role", grant.id, day)
        moment = self._moment(grant.id, day)
        return self._entry(
            activity, "RoleManagement", "Core Directory", moment, (grant.id, kind, day),
            initiated=by_user(person), targets=self._given(grant), kind=kind,
        )  # fmt: skip

    def _activation(self, grant: Grant, moment: str, day: int) -> Iterator[Record]:
        """One act of PIM has two entries: its own, and the directory's by PIM's application."""
        person = grant.principal or {}
        own = by_user(person, is_named=True)
        yield self._entry(
            "Add member to role completed (PIM activation)", "RoleManagement", "PIM", moment,
            (grant.id, "activated", day), initiated=own, targets=self._given(grant), kind="Add",
            reason="Change approved in the weekly meeting",
        )  # fmt: skip
        yield self._entry(
            "Add member to role", "RoleManagement", "Core Directory", moment,
            (grant.id, "twin", day), initiated=by_app("MS-PIM", self._tenant.uuid("MS-PIM")),
            targets=self._given(grant), kind="Assign",
        )  # fmt: skip

    def _of_machines(self, first: int, last: int) -> Iterator[Record]:
        """What nobody decides: Microsoft's own applications at work every morning."""
        own = self._tenant.uuid("substrate")
        for day in range(max(first, 1), last + 1):
            date = (self._story.born + timedelta(days=day)).isoformat()
            for activity, category, kind in (
                ("Update service principal", "ApplicationManagement", "ServicePrincipal"),
                ("Update user", "UserManagement", "User"),
            ):
                yield self._entry(
                    activity, category, "Core Directory", f"{date}T08:52:07.412Z",
                    (activity, day), initiated=by_app("Microsoft Substrate Management", own),
                    targets=[target(own, kind, None)], kind="Update",
                )  # fmt: skip

    def _given(self, grant: Grant) -> list[Record]:
        role = next(one for one in role_definitions(self._tenant) if one["id"] == grant.role_id)
        said = {"Role.DisplayName": role["displayName"], "Role.TemplateId": role["id"]}
        properties = [
            {"displayName": name, "oldValue": None, "newValue": f'"{value}"'}
            for name, value in said.items()
        ]
        holder = grant.principal or {}
        kind = str(holder.get("@odata.type", "")).rpartition(".")[2]
        type_ = {"user": "User", "group": "Group", "servicePrincipal": "ServicePrincipal"}
        return [
            target(
                grant.principal_id, type_.get(kind, "Other"), None,
                modified=properties, name=holder.get("userPrincipalName"),
            ),
            target(self._tenant.uuid("role object", role["id"]), "Role", None),
        ]  # fmt: skip

    def _person(self, *key: Any) -> Record:
        """Who did it: one of those who have had a role from the beginning."""
        known = [
            one
            for one in self._story.directory.principals(0)
            if one.get("userType") == "Member" and one["accountEnabled"]
        ]
        return known[int(self._tenant.fraction("actor", *key) * len(known))]

    def _moment(self, identifier: str, day: int) -> str:
        moment = (self._story.born + timedelta(days=day)).isoformat()
        minute = int(self._tenant.fraction("logged", identifier, day) * 60)
        return f"{moment}T07:{minute:02d}:41.1851380Z"

    def _entry(self, activity: str, *parts: Any, **members: Any) -> Record:
        return entry(self._tenant.tenant_id, activity, *parts, **members)
