"""Control profiles over time: which one is valid on a day, which comes next, which state holds."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.oracle.captures import Record
from tests.oracle.values import decimal, moment, snake

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ProfileHistory:
    """The captures of one control's profile, oldest first; empty where it was never captured."""

    captures: tuple[tuple[date, Record], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.captures)

    def _position(self, day: date) -> int | None:
        known = bisect_right(self.captures, day, key=lambda capture: capture[0])
        return known - 1 if known else None

    @cached_property
    def _updates(self) -> tuple[tuple[tuple[datetime, str], ...], ...]:
        """Per capture its list of states, in its own order; one without a date comes first."""
        return tuple(
            tuple(
                (moment(update.get("updatedDateTime")) or NEVER, snake(update["state"]))
                for update in profile.get("controlStateUpdates") or ()
                if update.get("state") is not None
            )
            for _, profile in self.captures
        )

    def valid_on(self, day: date) -> Record | None:
        """The profile captured on or last before the day."""
        position = self._position(day)
        return None if position is None else self.captures[position][1]

    def first_after(self, day: date) -> Record | None:
        """The first profile captured after the day."""
        return next((profile for captured, profile in self.captures if captured > day), None)

    def shown_on(self, day: date) -> Record | None:
        """The profile that names and places the control: before the first capture, the first."""
        return self.valid_on(day) or (self.captures[0][1] if self.captures else None)

    def maximum_changed(self, one: date, other: date) -> bool:
        """Did the captured maximum change between the captures valid on two days?

        Days before the first capture count as the first capture's.
        """
        first = self._position(min(one, other)) or 0
        last = self._position(max(one, other)) or 0
        maxima = {decimal(profile.get("maxScore")) for _, profile in self._slice(first, last)}
        return len(maxima) > 1

    def _slice(self, first: int, last: int) -> tuple[tuple[date, Record], ...]:
        return self.captures[first : last + 1]

    def state_on(self, day: date) -> str | None:
        """The state in force when the day ended; None without a profile.

        Read from the update lists in force that day or captured later: Graph keeps the history in
        the list, so later lists speak of earlier days, but a list that was replaced does not.
        """
        if not self.captures:
            return None
        known = self._known(day)
        return max(known)[-1] if known else "default"

    def _known(self, day: date) -> list[tuple[datetime, int, int, str]]:
        """Every update made before the day ended that a list of that day or a later one shows."""
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
        consulted = self._updates[self._position(day) or 0 :]
        return [
            (when, -distance, position, state)
            for distance, updates in enumerate(consulted)
            for position, (when, state) in enumerate(updates)
            if when < end
        ]

    def state_changed_at(self, day: date) -> datetime | None:
        """When the state that holds at the end of a day began, or last began anew: the newest of
        its updates that said another state than the one before it.
        """
        newest, before = None, "default"
        for when, _, _, state in sorted(self._known(day)):
            if state != before:
                newest, before = when, state
        return newest


@dataclass(frozen=True)
class Catalogue:
    """Every captured profile of one tenant by day of capture."""

    snapshots: Mapping[date, tuple[Record, ...]]

    @cached_property
    def _histories(self) -> Mapping[str, ProfileHistory]:
        found: dict[str, list[tuple[date, Record]]] = {}
        for day, profiles in self.snapshots.items():
            for profile_id, profile in _first_of_each(profiles).items():
                found.setdefault(profile_id, []).append((day, profile))
        return {key: ProfileHistory(tuple(values)) for key, values in found.items()}

    @cached_property
    def profile_ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._histories))

    @cached_property
    def _by_folded(self) -> Mapping[str, str]:
        """Ids without case; of several that differ in case alone the first in order."""
        return {i.lower(): i for i in reversed(self.profile_ids)}

    def profile_id(self, control: str) -> str | None:
        """The profile a control name means: the same id, else the same without case."""
        return control if control in self._histories else self._by_folded.get(control.lower())

    def of(self, control: str) -> ProfileHistory:
        profile_id = self.profile_id(control)
        return self._histories[profile_id] if profile_id else ProfileHistory()

    def listed_on(self, profile_id: str, day: date) -> bool:
        """Was the profile in the newest capture at or before the day?"""
        days = [captured for captured in self.snapshots if captured <= day]
        return bool(days) and any(p["id"] == profile_id for p in self.snapshots[max(days)])


def _first_of_each(profiles: tuple[Record, ...]) -> dict[str, Record]:
    first: dict[str, Record] = {}
    for profile in profiles:
        first.setdefault(profile["id"], profile)
    return first


def maximum_of(profile: Mapping[str, Any] | None) -> Decimal | None:
    return None if profile is None else decimal(profile.get("maxScore"))
