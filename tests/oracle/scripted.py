"""Invented histories, from a seed: what Graph could say about one tenant, seen from any day.

Everything that can make a number doubtful happens in them: maxima that change before or after their
profile, controls at 0 %, orphans both ways, lists of states that grow and are reset, days that come
late, are missing or are revised, thin copies after rich ones.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

STARRED = ("AdminMFAV2", "MFARegistrationV2", "OneAdmin", "RoleOverlap", "PWAgePolicyNew")
OTHERS = ("aad_third_party_apps", "AATP_Leaks", "mdo_safelinks", "meeting_lobby_v1", "scid_91")
MAXIMA = (1, 2, 3, 5, 7, 8, 9, 10, 2.5, 6.66)
PERCENTAGES = (0, 0, 0, 12.5, 33.33, 50, 75, 97.87, 100, 100)
CATEGORIES = ("Identity", "Apps", "Data")
SERVICES = ("AzureAD", "Azure ATP", "MDO", None)
STATES = ("Ignored", "ThirdParty", "Reviewed", "AlternateMitigation", "Default")
Wire = dict[str, Any]


@dataclass(frozen=True)
class Steps:
    """A value that changes at some days: (first day, value), the first from the beginning."""

    values: tuple[tuple[int, Any], ...]

    def at(self, number: int) -> Any:
        return [value for start, value in self.values if start <= number][-1]


def _steps(dice: random.Random, choices: tuple[Any, ...], days: int, most: int) -> Steps:
    starts = sorted(dice.sample(range(1, days), dice.randint(0, most)))
    return Steps(((-10_000, dice.choice(choices)), *((s, dice.choice(choices)) for s in starts)))


@dataclass(frozen=True)
class ScriptedControl:
    """One control over the whole life; days are numbered from the life's first."""

    seed: str
    name: str
    days: int

    def _dice(self, purpose: str) -> random.Random:
        return random.Random(f"{self.seed}/{self.name}/{purpose}")

    @cached_property
    def maximum(self) -> Steps:
        return _steps(self._dice("maximum"), MAXIMA, self.days, 2)

    @cached_property
    def percentage(self) -> Steps:
        return _steps(self._dice("percentage"), PERCENTAGES, self.days, 5)

    @cached_property
    def category(self) -> Steps:
        return _steps(self._dice("category"), CATEGORIES, self.days, 1)

    @cached_property
    def service(self) -> Steps:
        return _steps(self._dice("service"), SERVICES, self.days, 1)

    @cached_property
    def is_scored(self) -> Steps:
        return _steps(self._dice("scored"), (True, True, True, False), self.days, 3)

    @cached_property
    def is_listed(self) -> Steps:
        """In the catalogue: some never are, some come late, some vanish and return."""
        return _steps(self._dice("listed"), (True, True, True, False), self.days, 2)

    @cached_property
    def is_counted(self) -> Steps:
        """In the totals: now and then one is listed and not scored."""
        return _steps(self._dice("counted"), (True,) * 9 + (False,), self.days, 1)

    @cached_property
    def profile_lag(self) -> int:
        """The catalogue learns of a new maximum this many days late; early where negative."""
        return self._dice("lag").choice((-3, 0, 0, 2, 4))

    @cached_property
    def profile_id(self) -> str:
        return self.name.swapcase() if self._dice("case").random() < 0.2 else self.name

    @cached_property
    def updates(self) -> tuple[tuple[int, str], ...]:
        dice = self._dice("updates")
        days = sorted(dice.sample(range(1, self.days), dice.choice((0, 0, 1, 2, 3))))
        return tuple((number, dice.choice(STATES)) for number in days)

    @cached_property
    def reset_on(self) -> int | None:
        """The day the list of states starts anew."""
        dice = self._dice("reset")
        return dice.randrange(self.days // 2, self.days) if dice.random() < 0.3 else None

    def state(self, number: int) -> str:
        known = [s for day, s in self._kept_updates(number) if day <= number]
        return known[-1] if known else "Default"

    def _kept_updates(self, today: int) -> list[tuple[int, str]]:
        since = self.reset_on if self.reset_on is not None and self.reset_on <= today else 0
        return [(day, state) for day, state in self.updates if since <= day <= today]

    def score(self, number: int, revision: int) -> Wire:
        """The numbers of a day; a revision can move them."""
        dice = self._dice(f"score {number} {revision}")
        percentage = Decimal(str(self.percentage.at(number)))
        if revision and dice.random() < 0.5:
            percentage = Decimal(str(dice.choice(PERCENTAGES)))
        maximum = Decimal(str(self.maximum.at(number)))
        points = (maximum * percentage / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if dice.random() < 0.03 and percentage:
            points += Decimal("0.37")
        return {
            "controlCategory": self.category.at(number),
            "controlName": self.name,
            "score": float(points),
            "scoreInPercentage": None if dice.random() < 0.01 else float(percentage),
        }

    def profile(self, today: int, first: date) -> Wire:
        dice = self._dice("words")
        updates: list[Wire] = [{"state": "Default", "updatedDateTime": None}]
        for number, state in self._kept_updates(today):
            when = f"{first + timedelta(days=number)}T{number % 24:02d}:30:00.1234567Z"
            updates.append({"state": state, "updatedDateTime": when, "updatedBy": "admin"})
        dice.shuffle(updates)
        return {
            "id": self.profile_id,
            "title": f"{self.name} since {max(0, today // 20)}",
            "controlCategory": self.category.at(0),
            "service": self.service.at(today),
            "actionType": dice.choice(("Config", "Review")),
            "actionUrl": "https://example.com/act",
            "maxScore": self.maximum.at(today - self.profile_lag),
            "tier": dice.choice(("Core", "Advanced", "Defense In Depth")),
            "userImpact": dice.choice(("low", "Low", "Moderate", "high", "Unknown", None)),
            "implementationCost": dice.choice(("Low", "Moderate", "High", "Unknown")),
            "rank": dice.randint(1, 60),
            "deprecated": False,
            "threats": ["Account breach", "Password Cracking"],
            "controlStateUpdates": updates,
        }


@dataclass(frozen=True)
class ScriptedTenant:
    """What Graph says about one tenant on any day of its life."""

    seed: str
    tenant_id: str
    first: date
    days: int

    def _dice(self, purpose: str) -> random.Random:
        return random.Random(f"{self.seed}/{purpose}")

    @cached_property
    def controls(self) -> tuple[ScriptedControl, ...]:
        return tuple(ScriptedControl(self.seed, name, self.days) for name in (*STARRED, *OTHERS))

    def number(self, day: date) -> int:
        return (day - self.first).days

    def is_missing(self, day: date) -> bool:
        return self._dice(f"missing {day}").random() < 0.05

    def is_late(self, day: date) -> bool:
        """Not there yet on its own day."""
        return self._dice(f"late {day}").random() < 0.2

    def revision(self, day: date, today: date) -> int:
        """How the day reads on a later day: some are revised once, some revised and restored."""
        plan = self._dice(f"revision {day}").choice(((), (), (), (1,), (4,), (1, 3)))
        return sum(1 for after in plan if (today - day).days >= after) % 2

    def record(self, day: date, today: date) -> Wire | None:
        """The record of a day as Graph shows it today; rich only where it is the newest."""
        if self.is_missing(day) or (day == today and self.is_late(day)):
            return None
        newest = day == today or (day == today - timedelta(days=1) and self.is_late(today))
        number, revision = self.number(day), self.revision(day, today)
        scored = [c for c in self.controls if c.is_scored.at(number)]
        scores = [
            c.score(number, revision) | self._detail(c, number, newest) | self._mark(c, number)
            for c in scored
        ]
        dice = self._dice(f"record {day} {revision}")
        points = sum(
            Decimal(str(score["score"]))
            for c, score in zip(scored, scores, strict=True)
            if c.is_counted.at(number)
        )
        maximum = sum(
            Decimal(str(c.maximum.at(number)))
            for c in scored
            if c.is_counted.at(number) and (self._counts_ignored or c.state(number) != "Ignored")
        )
        if scores and dice.random() < 0.1:
            scores.append(scores[0] | {"score": 0.5})
        return {
            "id": f"{self.tenant_id}_{day}",
            "azureTenantId": self.tenant_id,
            "createdDateTime": f"{day}T00:00:00Z",
            "activeUserCount": 10 + number,
            "licensedUserCount": 0,
            **self._totals(Decimal(points), Decimal(maximum), dice),
            "enabledServices": ["HasEOP", "HasAADP1" if number > self.days - 30 else "HasAADFree"],
            "averageComparativeScores": self._averages(number),
            "controlScores": scores,
        }

    @staticmethod
    def _totals(points: Decimal, maximum: Decimal, dice: random.Random) -> Wire:
        """What the record says of itself, now and then a point off; never more than there is."""
        current, most = points + (dice.random() < 0.1), maximum + (dice.random() < 0.1)
        return {"currentScore": float(min(current, most)), "maxScore": float(most)}

    def _mark(self, control: ScriptedControl, number: int) -> Wire:
        """Half of the tenants are told which control is not scored; the others' sums show it."""
        is_marked = not control.is_counted.at(number) and self._dice("marks").random() < 0.5
        return {"NotScored": "true"} if is_marked else {}

    @cached_property
    def _counts_ignored(self) -> bool:
        return self._dice("ignored").random() < 0.5

    def _detail(self, control: ScriptedControl, number: int, rich: bool) -> Wire:
        if not rich:
            return {"description": None, "implementationStatus": "You have 0 of 0 users."}
        return {
            "description": f"<p>About {control.name}</p>",
            "implementationStatus": f"You have {number} of 99 users.",
            "lastSynced": f"{self.first + timedelta(days=number - 2)}T04:00:00Z",
            "count": str(number),
            "total": "99",
        }

    def _averages(self, number: int) -> list[Wire]:
        absent = number % 7 == 3
        seats = {"basis": "TotalSeats", "SeatSizeRangeLowerValue": "1"}
        values = {"averageScore": 30 + number / 8, "identityScore": 2.25, "identityScoreMax": 9.0}
        return [
            {
                "basis": "AllTenants",
                **values,
                "infrastructureScore": 0.0,
                "infrastructureScoreMax": 0.0,
            },
            seats | (dict.fromkeys(values, -1) if absent else values),
        ]

    def profiles(self, today: date) -> list[Wire]:
        number = self.number(today)
        listed = [c for c in self.controls if c.is_listed.at(number)]
        return [c.profile(number, self.first) | {"azureTenantId": self.tenant_id} for c in listed]
