"""Every way a feed can end, and what the person should do about it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import orjson

MAX_TRIES = 8
# Also sent to licensed tenants when Graph's own licence check fails: microsoft-graph-docs#14120.
NON_PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
# Refusals that name what is missing; any other is about the request's own permission.
_MISSING = {
    "Authentication_MSGraphPermissionMissing": "AuditLog.Read.All",
    "Authentication_ApplicationHasNoDirectoryReadAccess": "Directory.Read.All",
}
# Refusals of the sign-in activity of users; who they are can be read all the same.
NO_SIGN_IN_ACTIVITY = frozenset({NON_PREMIUM, *_MISSING})
# Enough to see through a passing fault of the licence check or a gateway without holding up
# every unlicensed tenant every day.
_FEW_TRIES = 3
_ONCE_MORE = 2
_LATER = "run again later: what is complete is not read again"


class Outcome(StrEnum):
    """How a feed ended. Only `ok` and `empty` have facts; every other is a reason why not."""

    OK = "ok"
    EMPTY = "empty"
    NOT_LICENSED = "not_licensed"
    NOT_IN_CLOUD = "not_in_cloud"
    NOT_FOR_THIS_DATE = "not_for_this_date"
    NOT_PERMITTED = "not_permitted"
    AUTH_FAILED = "auth_failed"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    BAD_RESPONSE = "bad_response"

    @property
    def is_committed(self) -> bool:
        """The feed was read: it is not read again for that day."""
        return self in (Outcome.OK, Outcome.EMPTY)

    @property
    def is_complete(self) -> bool:
        """Nothing is left to mend: read, or the tenant has no such thing, or the day is past."""
        return self.is_committed or self in (
            Outcome.NOT_LICENSED,
            Outcome.NOT_IN_CLOUD,
            Outcome.NOT_FOR_THIS_DATE,
        )


# To ask it of a word in the lake, which may be one that this version does not know.
COMMITTED = frozenset(outcome for outcome in Outcome if outcome.is_committed)
COMPLETE = frozenset(outcome for outcome in Outcome if outcome.is_complete)


class FeedError(Exception):
    """A feed ended without its rows. `str()` is the cause and the next step, in one sentence."""

    def __init__(
        self,
        outcome: Outcome,
        note: str,
        *,
        http_status: int | None = None,
        error_code: str | None = None,
    ) -> None:
        super().__init__(note)
        self.outcome = outcome
        self.http_status = http_status
        self.error_code = error_code


@dataclass(frozen=True)
class Refusal:
    """What one reply that is not a page means, and how often it is worth asking."""

    outcome: Outcome
    note: str
    tries: int = 1
    http_status: int | None = None
    error_code: str | None = None

    @property
    def error(self) -> FeedError:
        return FeedError(
            self.outcome, self.note, http_status=self.http_status, error_code=self.error_code
        )


def judge(
    status: int,
    body: bytes,
    *,
    permission: str,
    licence: str | None,
    cloud: str,
    is_premium: bool | None = None,
) -> Refusal:
    """What a reply other than a 200 means for a request (wire contract: error catalogue).

    `permission` and `licence` are what the request needs. `is_premium` is whether the tenant is
    known to own P1 or P2: the false refusal of its licence check is then tried again as long as
    any fault, and where it owns neither just once.
    """
    code, message, is_graph = _error_of(body)
    what = f"HTTP {status} {code}" if code else f"HTTP {status}"

    def refusal(outcome: Outcome, note: str, tries: int = 1) -> Refusal:
        return Refusal(outcome, note, tries, status, code)

    if status == HTTPStatus.TOO_MANY_REQUESTS:
        note = f"Graph throttled this application in this tenant ({what}); {_LATER}"
        return refusal(Outcome.THROTTLED, note, MAX_TRIES)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        note = f"Graph did not serve the request ({what}); {_LATER}"
        return refusal(Outcome.UNAVAILABLE, note, MAX_TRIES)
    if status == HTTPStatus.UNAUTHORIZED:
        note = f"Graph refused the token ({what}); sign in with a valid credential of this tenant"
        return refusal(Outcome.AUTH_FAILED, note)
    owned = licence or "the licence this needs"
    note = f"the tenant does not own {owned} ({what}); nothing to do unless it should"
    if code == NON_PREMIUM:
        tries = {None: _FEW_TRIES, True: MAX_TRIES, False: _ONCE_MORE}[is_premium]
        return refusal(Outcome.NOT_LICENSED, note, tries)
    if code == "AadPremiumLicenseRequired" or "not licensed" in message:
        return refusal(Outcome.NOT_LICENSED, note)
    if status == HTTPStatus.FORBIDDEN and is_graph:
        note = (
            f"the application may not read this ({what}); grant it the application permission "
            f"{_MISSING.get(code or '', permission)} and give admin consent"
        )
        return refusal(Outcome.NOT_PERMITTED, note)
    if "resource not found for the segment" in message.lower() and cloud != "global":
        note = f"this cloud does not offer the resource ({what}); nothing to do"
        return refusal(Outcome.NOT_IN_CLOUD, note)
    note = f"Graph answered what no client expects ({what}); check the cloud, then report it"
    return refusal(Outcome.BAD_RESPONSE, note, 1 if is_graph else _FEW_TRIES)


def bad_page(problem: str, *, tries: int = 1, code: str | None = None) -> Refusal:
    """A 200 that is not a page of records."""
    note = f"{problem}; if it stays so, report it with the request id"
    return Refusal(Outcome.BAD_RESPONSE, note, tries, HTTPStatus.OK, code)


def no_answer(problem: str, *, tries: int = MAX_TRIES) -> Refusal:
    """No reply at all: dropped, timed out, refused, untrusted."""
    step = _LATER if tries > 1 else "name the certificate authority in ca_bundle"
    return Refusal(Outcome.UNAVAILABLE, f"Graph could not be reached ({problem}); {step}", tries)


def _error_of(body: bytes) -> tuple[str | None, str, bool]:
    """Code, message and whether the body is Graph's: the three shapes an error comes in."""
    try:
        document = orjson.loads(body)
    except ValueError:
        return None, "", False
    error = document.get("error") if isinstance(document, dict) else None
    if isinstance(error, str):
        return _code(error), "", True
    if not isinstance(error, dict):
        error = document if isinstance(document, dict) and "errorCode" in document else None
    if error is None:
        return None, "", False
    message = error.get("message")
    text = message if isinstance(message, str) else ""
    inner = _inner(text)
    code = inner.get("errorCode") or error.get("code") or error.get("errorCode")
    return _code(code), str(inner.get("message") or text), True


def _inner(message: str) -> dict[str, Any]:
    """The JSON document that PIM puts inside its message."""
    if not message.startswith("{"):
        return {}
    try:
        document = orjson.loads(message)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def error_code_of(document: dict[str, Any]) -> str | None:
    """The code of an error that came in a 200."""
    error = document.get("error")
    return _code(error.get("code") if isinstance(error, dict) else error)


def _code(value: object) -> str | None:
    # A code is a word; anything longer is text that does not belong into a log or a note.
    return value if isinstance(value, str) and re.fullmatch(r"[\w.\-]{1,80}", value) else None
