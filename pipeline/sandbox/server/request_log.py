"""What was asked of the sandbox, for assertions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoggedRequest:
    """One request as answered; `path` has the query, `status` is 0 for a dropped connection.

    `arrived` is when it came in, in seconds on the monotonic clock.
    """

    method: str
    path: str
    tenant_id: str | None
    status: int
    has_authorization: bool
    request_id: str
    headers: dict[str, str]
    arrived: float


class RequestLog(list[LoggedRequest]):
    """A list that can be switched off where nobody looks at it."""

    def __init__(self, *, enabled: bool = True) -> None:
        super().__init__()
        self.enabled = enabled

    def note(self, request: LoggedRequest) -> None:
        if self.enabled:
            self.append(request)
