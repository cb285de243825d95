"""What a failed sign-in means, and what to do about it."""

import re

from pipeline.errors import UsageError
from pipeline.graph.connections import SignInTransport
from pipeline.graph.outcomes import FeedError, Outcome

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
    if transport.is_unreached and type(error).__name__ != "CredentialUnavailableError":
        note = "the sign-in service could not be reached; check the network and authority"
        return FeedError(Outcome.UNAVAILABLE, note), True
    if isinstance(error, UsageError):
        return FeedError(Outcome.AUTH_FAILED, f"{error}; correct it and run again"), False
    found = re.search(r"AADSTS\d+", str(error))
    code = found.group() if found else type(error).__name__
    cause = _CAUSES.get(code, "check the credential of this tenant")
    note = f"sign-in failed ({code}): {cause}"
    return FeedError(Outcome.AUTH_FAILED, note, http_status=status, error_code=code), False
