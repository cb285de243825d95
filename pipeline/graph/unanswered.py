"""What it means that a request got no answer, or another sign-in asked for instead of one."""

import ssl

import httpx

from pipeline.errors import causes
from pipeline.graph.outcomes import MAX_TRIES, PROXY_STEP, Outcome, Refusal, no_answer
from pipeline.graph.proxy import proxy_problem

_CA_STEP = "name the certificate authority in ca_bundle"


def challenged() -> Refusal:
    """Graph asked for a sign-in with other claims."""
    note = "Graph asked for another sign-in and refused it again; look at the tenant's sign-in log"
    return Refusal(Outcome.AUTH_FAILED, note, http_status=401, error_code="claims_challenge")


def unreached(error: Exception, url: str) -> Refusal:
    """The connection to this URL failed with this error."""
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes(error)):
        return no_answer("its certificate is not trusted", tries=1, step=_CA_STEP)
    if isinstance(error, httpx.ProxyError | httpx.ConnectError | httpx.ConnectTimeout):
        said = str(error) if isinstance(error, httpx.ProxyError) else ""
        found = proxy_problem(url, said)
        if found is not None:
            problem, passes = found
            return no_answer(problem, tries=MAX_TRIES if passes else 1, step=PROXY_STEP)
    problems = {
        httpx.ConnectError: "no connection",
        httpx.TimeoutException: "no answer in time",
        httpx.DecodingError: "the body is cut off",
    }
    cause_in_words = next(
        (text for kind, text in problems.items() if isinstance(error, kind)), None
    )
    return no_answer(cause_in_words or "the connection broke off")
