"""Pseudonyms: what names a person is replaced before anything is written."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

Record = dict[str, Any]

# Per feed table: the nested place of people's data, then members replaced and members left out.
_UPDATES = ("controlStateUpdates", ("assignedTo", "updatedBy"), ("comment",))
_PRINCIPAL = (
    "principal",
    ("displayName", "userPrincipalName", "mail", "givenName", "surname", "mobilePhone"),
    ("jobTitle", "officeLocation", "description"),
)
_PEOPLE: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "secure_score_control_profiles": _UPDATES,
    "role_assignments": _PRINCIPAL,
}


class Pseudonyms:
    """Replaces names by a keyed HMAC-SHA256: the same name gives the same pseudonym anywhere.

    Upper and lower case count as the same name, because Graph mixes them for one person.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def of(self, name: str) -> str:
        """The pseudonym of a name, UPN, address or number: `pn_` and 32 hex digits."""
        digest = hmac.new(self._key, name.casefold().encode(), hashlib.sha256).hexdigest()
        return f"pn_{digest[:32]}"

    def apply(self, table: str, records: Iterable[Record]) -> None:
        """Replace and leave out what names a person, in place, in the records of a feed table."""
        if table not in _PEOPLE:
            return
        member, replaced, dropped = _PEOPLE[table]
        for record in records:
            value = record.get(member)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    self._hide(one, replaced, dropped)

    def _hide(self, person: Record, replaced: Iterable[str], dropped: Iterable[str]) -> None:
        for name in replaced:
            value = person.get(name)
            if isinstance(value, str) and value:
                person[name] = self.of(value)
        for name in dropped:
            person.pop(name, None)
