"""The people of a tenant who hold no role: as many as it has users, each worked out when needed.

An id is made from the person's number and leads back to it, so that nobody is remembered.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

from pipeline.sandbox.story.identity import Tenant
from pipeline.sandbox.story.people import AWKWARD_NAMES, FIRST_NAMES, LAST_NAMES

_DISABLED_EVERY, _DISABLED_PLACE = 23, 9
_GUEST_EVERY, _GUEST_PLACE = 13, 7


@dataclass(frozen=True)
class Person:
    """One of the staff: number, id, and 20 random bytes that decide the rest."""

    number: int
    id: str
    bits: bytes

    @property
    def is_guest(self) -> bool:
        return self.number % _GUEST_EVERY == _GUEST_PLACE

    @property
    def is_enabled(self) -> bool:
        return self.number % _DISABLED_EVERY != _DISABLED_PLACE

    def fraction(self, place: int) -> float:
        """A number in [0, 1), one for each place from 0 to 9."""
        return int.from_bytes(self.bits[2 * place : 2 * place + 2]) / 65536


class Staff:
    """Looks people up by number or by id."""

    def __init__(self, tenant: Tenant, born: date) -> None:
        self._tenant, self._born = tenant, born
        self._key = blake2b(f"staff {tenant.seed} {tenant.index}".encode(), digest_size=32).digest()

    def person(self, number: int) -> Person:
        bits = blake2b(number.to_bytes(4), key=self._key, digest_size=32).digest()
        tail = bits[20:].hex()
        # The version and variant of a random GUID.
        tail = f"{tail[:4]}4{tail[5:8]}{'89ab'[bits[0] % 4]}{tail[9:]}"
        head = f"{number ^ self._mask(tail):08x}"
        identifier = f"{head}-{tail[:4]}-{tail[4:8]}-{tail[8:12]}-{tail[12:]}"
        return Person(number, identifier, bits[:20])

    def find(self, identifier: str) -> Person | None:
        """The person with that id, whatever the size of the staff; None for a foreign id."""
        plain = identifier.replace("-", "").lower()
        try:
            number = int(plain[:8], 16) ^ self._mask(plain[8:])
        except ValueError:
            return None
        person = self.person(number)
        return person if person.id == identifier.lower() else None

    def _mask(self, tail: str) -> int:
        return int.from_bytes(blake2b(tail.encode(), key=self._key, digest_size=4).digest())

    def enabled(self, place: int) -> Person:
        """The enabled person number `place`, from 0."""
        return self.person(_number(place))

    @staticmethod
    def headcount(enabled: int) -> int:
        """How many people there are when so many are enabled."""
        return _number(enabled - 1) + 1 if enabled > 0 else 0

    def names(self, person: Person) -> tuple[str, str, str]:
        """Display name, given name and surname; one in seventeen is awkward."""
        first = FIRST_NAMES[int(person.fraction(8) * len(FIRST_NAMES))]
        last = LAST_NAMES[int(person.fraction(9) * len(LAST_NAMES))]
        if person.number % 17 == 4:
            return AWKWARD_NAMES[person.number % len(AWKWARD_NAMES)], first, last
        return f"{first} {last}", first, last

    def principal_name(self, person: Person) -> str:
        alias = f"staff{person.number}"
        if person.is_guest:
            return f"{alias}_supplier.example#EXT#@{self._tenant.domain}"
        return f"{alias}@{self._tenant.domain}"

    def record(self, person: Person) -> dict[str, Any]:
        """A user with the members of `people.user`."""
        display, first, last = self.names(person)
        upn = self.principal_name(person)
        hired = self._born - timedelta(days=60 + int(person.fraction(7) * 2000))
        return {
            "@odata.type": "#microsoft.graph.user",
            "id": person.id,
            "deletedDateTime": None,
            "accountEnabled": person.is_enabled,
            "businessPhones": [],
            "createdDateTime": f"{hired.isoformat()}T08:{person.bits[1] % 60:02d}:11Z",
            "displayName": display,
            "givenName": first,
            "jobTitle": None,
            "mail": "someone@supplier.example" if person.is_guest else upn,
            "mobilePhone": None,
            "officeLocation": None,
            "onPremisesSyncEnabled": True if self._is_synced(person) else None,
            "preferredLanguage": None,
            "surname": last,
            "userPrincipalName": upn,
            "userType": "Guest" if person.is_guest else "Member",
        }

    def _is_synced(self, person: Person) -> bool:
        return self._tenant.is_hybrid and not person.is_guest and person.fraction(6) < 0.8


def _number(place: int) -> int:
    """The number of the enabled person at a place, past the disabled ones."""
    laps, rest = divmod(place, _DISABLED_EVERY - 1)
    return laps * _DISABLED_EVERY + rest + (rest >= _DISABLED_PLACE)
