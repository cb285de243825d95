"""What it means that a request got no answer, or another sign-in asked for instead of one."""

import ssl

import httpx

from pipeline.graph.outcomes import Outcome, Refusal, no_answer


def challenged() -> Refusal:
    """Graph asked for a sign-in with other claims."""
    note = "Graph asked for another sign-in and refused it again; look at the tenant's sign-in log"
    return Refusal(Outcome.AUTH_FAILED, note, http_status=401, error_code="claims_challenge")


def unreached(error: Exception) -> Refusal:
    """The connection failed with this error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return no_answer("its certificate is not trusted", tries=1)
        cause = cause.__cause__ or cause.__context__
    problems = {
        httpx.ConnectError: "no connection",
        httpx.TimeoutException: "no answer in time",
        httpx.DecodingError: "the body is cut off",
    }
    problem = next((text for kind, text in problems.items() if isinstance(error, kind)), None)
    return no_answer(problem or "the connection broke off")
