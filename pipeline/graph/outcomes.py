"""Every way a feed can end, and what the person should do about it."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from pipeline.graph.error_body import error_of
from pipeline.graph.feed import Workload

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
_WRONG_CLOUD = "InvalidCloudInstance"
PROXY_STEP = "correct the proxy of this machine's environment (HTTPS_PROXY), or leave it out"
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
    """What one reply that is not a page means, and how often it is worth asking.

    `is_curable` says that a new token may help where this one was refused.
    """

    outcome: Outcome
    note: str
    tries: int = 1
    http_status: int | None = None
    error_code: str | None = None
    is_curable: bool = True

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
    workload: Workload | None = None,
    is_premium: bool | None = None,
    is_optional: bool = False,
) -> Refusal:
    """What a reply other than a 200 means for a request (wire contract: error catalogue).

    `permission` and `licence` are what the request needs, `workload` is who serves it.
    `is_premium` is whether the tenant is known to own P1 or P2: the false refusal of its licence
    check is then tried again as long as any fault, and where it owns neither just once. What
    `is_optional` need not be there at all.
    """
    code, message, is_graph = error_of(body)
    what = f"HTTP {status} {code}" if code else f"HTTP {status}"

    def refusal(outcome: Outcome, note: str, tries: int = 1) -> Refusal:
        return Refusal(outcome, note, tries, status, code)

    if status == HTTPStatus.TOO_MANY_REQUESTS:
        note = f"Graph throttled this application in this tenant ({what}); {_LATER}"
        return refusal(Outcome.THROTTLED, note, MAX_TRIES)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        note = f"Graph did not serve the request ({what}); {_LATER}"
        return refusal(Outcome.UNAVAILABLE, note, MAX_TRIES)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return refusal(Outcome.UNAVAILABLE, f"a proxy wants a sign-in ({what}); {PROXY_STEP}")
    if status == HTTPStatus.UNAUTHORIZED and message == _WRONG_CLOUD:
        return _wrong_cloud(what, workload, code)
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
    is_unknown = "resource not found for the segment" in message.lower()
    is_absent = is_unknown or (is_graph and status == HTTPStatus.NOT_FOUND)
    if (is_unknown and cloud != "global") or (is_absent and is_optional):
        note = f"this cloud does not offer the resource ({what}); nothing to do"
        return refusal(Outcome.NOT_IN_CLOUD, note)
    note = f"Graph answered what no client expects ({what}); check the cloud, then report it"
    return refusal(Outcome.BAD_RESPONSE, note, 1 if is_graph else _FEW_TRIES)


def is_token_refused(refusal: Refusal) -> bool:
    """Whether asking again with a new token makes sense."""
    return refusal.outcome is Outcome.AUTH_FAILED and refusal.is_curable


def _wrong_cloud(what: str, workload: Workload | None, code: str | None) -> Refusal:
    """A good token for which this cloud has no such service, or one of another cloud."""
    status, what = HTTPStatus.UNAUTHORIZED, f"{what}, {_WRONG_CLOUD}"
    if workload is Workload.SECURITY:
        # Seen for ever in US Government tenants in which all else answers.
        note = f"this cloud does not serve the resource to this application ({what}); nothing to do"
        return Refusal(Outcome.NOT_IN_CLOUD, note, 1, status, code)
    note = f"Graph takes the tenant for one of another cloud ({what}); check `cloud`"
    return Refusal(Outcome.AUTH_FAILED, note, 1, status, code, is_curable=False)


def bad_page(problem: str, *, tries: int = 1, code: str | None = None) -> Refusal:
    """A 200 that is not a page of records."""
    note = f"{problem}; if it stays so, report it with the request id"
    return Refusal(Outcome.BAD_RESPONSE, note, tries, HTTPStatus.OK, code)


def too_long(seconds: float, last_status: int | None) -> FeedError:
    """A feed that was not read to its end in time; the last reply tells why."""
    bound = f"not read to its end within {seconds:g} seconds, which is limits: feed_seconds"
    if last_status == HTTPStatus.TOO_MANY_REQUESTS:
        return FeedError(Outcome.THROTTLED, f"{bound}; Graph throttles; {_LATER}")
    if last_status != HTTPStatus.OK:
        return FeedError(Outcome.UNAVAILABLE, f"{bound}; Graph hardly answers; {_LATER}")
    note = f"{bound}; raise it where the tenant is that large, else report it"
    return FeedError(Outcome.BAD_RESPONSE, note)


def no_answer(problem: str, *, tries: int = MAX_TRIES, step: str = _LATER) -> Refusal:
    """No reply at all: dropped, timed out, refused, untrusted."""
    return Refusal(Outcome.UNAVAILABLE, f"Graph could not be reached ({problem}); {step}", tries)
