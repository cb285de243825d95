"""When people last signed in: mostly lately, some long ago, some never."""

from datetime import date, timedelta
from typing import Any

from pipeline.sandbox.story.identity import Tenant, derived_uuid

_LOOK_BACK = 21


def sign_in_activity(
    tenant: Tenant, user: dict[str, Any], *, day: int, born: date, habit: str
) -> dict[str, Any] | None:
    """`signInActivity` of a day; None for somebody who has never signed in.

    `habit` is active, stale (not for a hundred days), tried (stale, but somebody tries the
    password in vain) or never.
    """
    if habit == "never":
        return None
    identifier = user["id"]
    seen = -100 - int(tenant.fraction("left", identifier) * 300)
    tried = seen
    if habit == "active":
        seen = tried = _latest(tenant, identifier, day, share=0.6)
    elif habit == "tried":
        tried = _latest(tenant, identifier, day, share=0.3)
    background = seen - int(tenant.fraction("background", identifier) * 3)
    # The success was not recorded before a certain date, and is not known for some to this day.
    succeeded = None if seen < -330 else seen
    return {
        "lastSignInDateTime": _moment(tenant, identifier, born, tried),
        "lastSignInRequestId": derived_uuid("sign-in", identifier, tried),
        "lastNonInteractiveSignInDateTime": _moment(tenant, identifier, born, background),
        "lastNonInteractiveSignInRequestId": derived_uuid("background", identifier, background),
        "lastSuccessfulSignInDateTime": None
        if succeeded is None
        else _moment(tenant, identifier, born, succeeded),
        "lastSuccessfulSignInRequestId": None
        if succeeded is None
        else derived_uuid("sign-in", identifier, succeeded),
    }


def habit_of_holder(tenant: Tenant, number: int, *, is_enabled: bool) -> str:
    """How a role holder signs in; every shape has some who never did, and stale ones."""
    if number % 7 == 5:
        return "never"
    if number % 7 == 3 or not is_enabled:
        return "stale" if tenant.fraction("habit", number) < 0.6 else "tried"
    return "active"


def habit_of_staff(fraction: float, *, is_enabled: bool) -> str:
    if fraction < 0.04:
        return "never"
    return "stale" if fraction < 0.12 or not is_enabled else "active"


def _latest(tenant: Tenant, identifier: str, day: int, *, share: float) -> int:
    """The latest day up to `day` on which the person signed in; never goes back in time."""
    for back in range(1, _LOOK_BACK):
        if tenant.fraction("signs in", identifier, day - back) < share:
            return day - back
    return day - _LOOK_BACK


def _moment(tenant: Tenant, identifier: str, born: date, day: int) -> str:
    second = int(tenant.fraction("hour", identifier, day) * 43200) + 21600
    minutes, seconds = divmod(second, 60)
    hour, minute = divmod(minutes, 60)
    return f"{(born + timedelta(days=day)).isoformat()}T{hour:02d}:{minute:02d}:{seconds:02d}Z"
