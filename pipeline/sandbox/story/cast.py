"""All the users of a tenant: role holders one by one, everyone else as staff."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.sign_ins import habit_of_holder, habit_of_staff, sign_in_activity
from pipeline.sandbox.story.staff import Staff

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_MIN_USERS = 6  # the people whom groups and risk are told of stay, however small the tenant


class Cast:
    """Users by id and by place, as of a day."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant
        self.staff = Staff(story.tenant, story.born)
        self._days: dict[int, tuple[list[dict[str, Any]], int]] = {}

    def holders(self, day: int) -> list[dict[str, Any]]:
        """The users who hold or have held a role."""
        return self._on(day)[0]

    def staff_count(self, day: int) -> int:
        """Enabled people without a role."""
        return self._on(day)[1]

    def _on(self, day: int) -> tuple[list[dict[str, Any]], int]:
        found = self._days.get(day)
        if found is None:
            directory = self._story.directory
            holders = [p for p in directory.principals(day) if p["@odata.type"].endswith(".user")]
            enabled = sum(holder["accountEnabled"] for holder in holders)
            if len(self._days) > 8:
                self._days.clear()
            found = self._days[day] = holders, max(_MIN_USERS, directory.users(day) - enabled)
        return found

    def count(self, day: int) -> int:
        """All users of a day, the disabled ones included."""
        return len(self.holders(day)) + self.staff.headcount(self.staff_count(day))

    def at(self, place: int, day: int) -> dict[str, Any]:
        """The user at a place, in principal form."""
        holders = self.holders(day)
        if place < len(holders):
            return holders[place]
        return self.staff.record(self.staff.person(place - len(holders)))

    def find(self, identifier: str, day: int) -> dict[str, Any] | None:
        """The user with that id in principal form; None if there is none on that day."""
        for holder in self.holders(day):
            if holder["id"] == identifier.lower():
                return holder
        person = self.staff.find(identifier)
        if person is None or person.number >= self.staff.headcount(self.staff_count(day)):
            return None
        return self.staff.record(person)

    def full(self, user: dict[str, Any], day: int, *, with_sign_ins: bool) -> dict[str, Any]:
        """A user as /users has it, with every member that a `$select` may name."""
        guest, identifier = user["userType"] == "Guest", user["id"]
        changed = self._story.born - timedelta(
            days=int(self._tenant.fraction("password", identifier) * 700)
        )
        record = {name: value for name, value in user.items() if name != "@odata.type"} | {
            "externalUserState": "Accepted" if guest else None,
            "lastPasswordChangeDateTime": f"{changed.isoformat()}T11:04:52Z",
            "assignedLicenses": [],
            "assignedPlans": [],
        }
        if with_sign_ins:
            activity = sign_in_activity(
                self._tenant, user, day=day, born=self._story.born, habit=self._habit(user)
            )
            if activity:
                record["signInActivity"] = activity
        return record

    def _habit(self, user: dict[str, Any]) -> str:
        directory = self._story.directory
        if directory.are_emergencies_in_order and user["id"] in directory.emergencies:
            return "never"
        number, is_enabled = directory.numbers.get(user["id"]), user["accountEnabled"]
        if number is not None:
            return habit_of_holder(self._tenant, number, is_enabled=is_enabled)
        person = self.staff.find(user["id"])
        return habit_of_staff(person.fraction(5) if person else 0.5, is_enabled=is_enabled)
