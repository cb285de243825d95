"""What a failed sign-in means, and what to do about it."""

import re

import requests

from pipeline.errors import UsageError, causes
from pipeline.graph.connections import SignInTransport
from pipeline.graph.outcomes import PROXY_STEP, FeedError, Outcome
from pipeline.graph.proxy import proxy_problem

# Microsoft, "Entra authentication and authorization error codes".
_CAUSES = {
    "AADSTS7000215": "the client secret is wrong; put the secret's value, not its id",
    "AADSTS7000222": "the client secret has expired; create a new one",
    "AADSTS700016": "the application is not in this tenant; give admin consent there",
    "AADSTS650051": "the application is not in this tenant; give admin consent there",
    "AADSTS65001": "nobody consented to the application; give admin consent",
    "AADSTS90002": "the tenant does not exist in this cloud; check its id and the cloud",
    "AADSTS900021": "the tenant does not exist in this cloud; check its id and the cloud",
    "AADSTS7000112": "the application is disabled in this tenant; enable it",
    "AADSTS700027": "the certificate is not registered with the application; upload it",
    "AADSTS700024": "this machine's clock differs from Microsoft's; set it",
    "AADSTS53003": "a Conditional Access policy blocks the application; exclude it",
}


def sign_in_failure(error: Exception, transport: SignInTransport) -> tuple[FeedError, bool]:
    """What a failed sign-in means, and whether it is worth trying again.

    Messages of the libraries are not repeated: a careless authority could echo a secret there.
    """
    status = transport.status
    if status == 429:
        note = "sign-in is throttled (HTTP 429); run again later"
        return FeedError(Outcome.THROTTLED, note, http_status=status), True
    if status is not None and status >= 500:
        note = f"the sign-in service does not answer (HTTP {status}); run again later"
        return FeedError(Outcome.UNAVAILABLE, note, http_status=status), True
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        note = "the sign-in service's certificate is not trusted; name its authority in ca_bundle"
        return FeedError(Outcome.UNAVAILABLE, note), False
    found = proxy_problem(transport.url, said) if (said := _proxy_error(error)) else None
    if found is not None:
        problem, passes = found
        note = f"the sign-in service could not be reached ({problem}); {PROXY_STEP}"
        return FeedError(Outcome.UNAVAILABLE, note), passes
    if transport.is_unreached and type(error).__name__ != "CredentialUnavailableError":
        note = "the sign-in service could not be reached; check the network and authority"
        return FeedError(Outcome.UNAVAILABLE, note), True
    if isinstance(error, UsageError):
        return FeedError(Outcome.AUTH_FAILED, f"{error}; correct it and run again"), False
    code = _code_of(error)
    cause = _CAUSES.get(code, "check the credential of this tenant")
    note = f"sign-in failed ({code}): {cause}"
    return FeedError(Outcome.AUTH_FAILED, note, http_status=status, error_code=code), False


def _proxy_error(error: BaseException) -> str:
    """What a proxy said, or that it did not answer; '' where none was in the way."""
    kind = requests.exceptions.ProxyError
    return next((str(cause) for cause in causes(error) if isinstance(cause, kind)), "")


def _code_of(error: BaseException) -> str:
    """The code that the authority gave. That of an unknown tenant msal keeps out of its message."""
    found = (re.search(r"AADSTS\d+", str(cause)) for cause in causes(error))
    return next((match.group() for match in found if match), type(error).__name__)
