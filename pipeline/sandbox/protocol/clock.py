"""The sandbox's own time: a date that tests set and move, at a fixed hour plus what has elapsed."""

from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

OPENING_HOUR = time(9, 30)


class Clock:
    """A UTC clock that starts at `today` 09:30 and runs at the speed of the real one."""

    def __init__(self, today: date, at: time = OPENING_HOUR) -> None:
        self._start = (datetime.combine(today, at, UTC), monotonic())

    def now(self) -> datetime:
        base, since = self._start
        return base + timedelta(seconds=monotonic() - since)

    @property
    def today(self) -> date:
        return self.now().date()

    def set(self, today: date, at: time = OPENING_HOUR) -> None:
        """Jump to `today` at the hour `at`; later answers follow, open pages keep their day."""
        self._start = (datetime.combine(today, at, UTC), monotonic())


def http_date(moment: datetime) -> str:
    """`Tue, 30 Jun 2026 09:30:00 GMT`: the form of `Date` and of a dated `Retry-After`."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    day, month = days[moment.weekday()], months[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment:%Y %H:%M:%S} GMT"
