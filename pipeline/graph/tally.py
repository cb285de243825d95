"""What reading a feed cost."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Tally:
    """What one feed cost: counts of the log row, and the clock of its first response."""

    requests: int = 0
    retries: int = 0
    pages: int = 0
    bytes: int = 0
    http_status: int | None = None
    request_id: str | None = None
    date: datetime | None = None
