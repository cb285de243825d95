"""userRegistrationDetails: who has registered which methods; more of them month by month."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.staff import Person

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

# Share of people registered on the first day, and how many more join them in a day.
_PROGRESS = {
    "small_business": (0.25, 0.001),
    "mid_size": (0.45, 0.002),
    "regulated": (0.75, 0.0012),
}
_CEILING = 0.97
_METHODS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.12, ("mobilePhone",)),
    (0.2, ("email", "mobilePhone")),
    (0.55, ("mobilePhone", "microsoftAuthenticatorPush", "softwareOneTimePasscode")),
    (0.7, ("microsoftAuthenticatorPush",)),
    (0.78, ("microsoftAuthenticatorPasswordless", "microsoftAuthenticatorPush")),
    (0.86, ("windowsHelloForBusiness", "mobilePhone", "microsoftAuthenticatorPush")),
    (0.9, ("macOsSecureEnclaveKey", "microsoftAuthenticatorPush")),
    (0.94, ("passKeySynced", "mobilePhone")),
    (0.97, ("passKeyDeviceBound",)),
    (1.0, ("passKeyDeviceBoundAuthenticator", "softwareOneTimePasscode")),
)
_PASSWORDLESS = ("Passwordless", "windowsHello", "macOs", "passKey")


class Registration:
    """The rows of a day: every enabled user, role holders first; each worked out when read."""

    def __init__(self, story: "Story") -> None:
        self._story, self._tenant = story, story.tenant

    def count(self, day: int) -> int:
        return len(self._holders(day)) + self._story.cast.staff_count(day)

    def _holders(self, day: int) -> list[dict[str, Any]]:
        return [h for h in self._story.cast.holders(day) if h["accountEnabled"]]

    def reader(self, day: int) -> Callable[[int], dict[str, Any]]:
        """What gives the row at a place on that day."""
        holders, staff = self._holders(day), self._story.cast.staff
        admins = self._story.administrators(day)

        def row(place: int) -> dict[str, Any]:
            if place < len(holders):
                user = holders[place]
                who = (user["id"], user["userPrincipalName"], user["displayName"])
                kind, methods = user["userType"].lower(), self.methods_of_holder(user, day)
            else:
                person = staff.enabled(place - len(holders))
                who = (person.id, staff.principal_name(person), staff.names(person)[0])
                kind = "guest" if person.is_guest else "member"
                methods = self.methods_of_staff(person, day)
            return self._record((*who, kind), day, is_admin=who[0] in admins, methods=methods)

        return row

    def methods_of_holder(self, user: dict[str, Any], day: int) -> tuple[str, ...]:
        """Administrators register one after the other within four months; a few never do."""
        directory = self._story.directory
        if user["id"] in directory.emergencies:
            return ("fido2SecurityKey",) if directory.are_emergencies_in_order else ()
        joins = int(self._tenant.fraction("registers", user["id"]) * 150) - 45
        if joins > day:
            return ()
        return _methods(self._tenant.fraction("methods", user["id"]))

    def methods_of_staff(self, person: Person, day: int) -> tuple[str, ...]:
        start, step = _PROGRESS[self._tenant.segment]
        if person.fraction(2) >= min(_CEILING, start + step * day):
            return ()
        return _methods(person.fraction(3))

    def _record(
        self,
        who: tuple[str, str, str, str],
        day: int,
        *,
        is_admin: bool,
        methods: tuple[str, ...],
    ) -> dict[str, Any]:
        identifier, principal_name, name, kind = who
        registered = any(method != "email" for method in methods)
        push = "microsoftAuthenticatorPush" in methods
        is_sspr_enabled = self._tenant.segment != "small_business"
        refreshed = self._story.born + timedelta(days=day)
        preferred = ["PhoneAppNotification"] if push else []
        if any(method.startswith("passKey") for method in methods):
            preferred = ["Fido2"]
        return {
            "id": identifier,
            "userPrincipalName": principal_name,
            "userDisplayName": name,
            "userType": kind,
            "isAdmin": is_admin,
            "isMfaRegistered": registered,
            # Registered with a method that the policy no longer allows: not capable.
            "isMfaCapable": registered and methods != ("mobilePhone",),
            "isSsprRegistered": is_sspr_enabled and len(methods) > 1,
            "isSsprEnabled": is_sspr_enabled,
            "isSsprCapable": is_sspr_enabled and len(methods) > 1,
            "isPasswordlessCapable": any(m in method for m in _PASSWORDLESS for method in methods),
            "methodsRegistered": list(methods),
            "isSystemPreferredAuthenticationMethodEnabled": bool(preferred),
            "systemPreferredAuthenticationMethods": preferred,
            "userPreferredMethodForSecondaryAuthentication": "push" if push else "",
            "lastUpdatedDateTime": f"{refreshed.isoformat()}T03:12:45."
            f"{int(identifier[:6], 16) % 9_000_000 + 1_000_000}Z",
        }


def _methods(fraction: float) -> tuple[str, ...]:
    return next(methods for limit, methods in _METHODS if fraction < limit)
