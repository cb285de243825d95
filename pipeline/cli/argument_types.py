"""Values of the command line: text in, a value or one line of what is wrong with it out."""

import argparse
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal


def percent(text: str) -> Decimal:
    """A number above 0 and up to 100; a sign behind it is allowed."""
    if not re.fullmatch(r"[0-9]{1,3}([.][0-9]{1,6})?%?", text) or not (
        0 < (number := Decimal(text.rstrip("%"))) <= 100
    ):
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage above 0 and up to 100")
    return number


def day(text: str) -> date:
    """A date as ISO 8601 writes it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-06-30") from None


def moment(text: str) -> datetime:
    """The end of a day, or a time; UTC where it says no zone."""
    try:
        if len(text) == len("2026-06-30"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        example = "2026-06-30 or 2026-06-30T12:00:00Z"
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like {example}") from None


def count(text: str) -> int:
    """A whole number above 0."""
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def port(text: str) -> int:
    """A TCP port."""
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)
