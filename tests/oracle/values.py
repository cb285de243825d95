"""Exact readings of wire values: numbers as decimals, times in UTC, states in snake_case."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def decimal(value: Any) -> Decimal | None:
    """The number as written on the wire, exactly; None where it is absent."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise TypeError(f"{value!r} is not a number")
    return value if isinstance(value, Decimal) else Decimal(str(value))


def number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """part / whole, None where one is unknown or the whole is 0."""
    return None if part is None or whole is None or whole == 0 else part / whole


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """Commercial rounding: a tie goes away from zero."""
    return value.quantize(step, rounding=ROUND_HALF_UP)


def moment(value: str | None) -> datetime | None:
    """A UTC datetime of a Graph timestamp, which may carry up to seven fractional digits."""
    if value is None:
        return None
    text = re.sub(r"(\.\d{6})\d+", r"\1", value.replace("Z", "+00:00"))
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def day_of(value: str) -> date:
    when = moment(value)
    assert when is not None
    return when.date()


def snake(word: str) -> str:
    """`ThirdParty` -> `third_party`, `default` -> `default`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word.strip()).lower()


def lower(value: str | None) -> str | None:
    return None if value is None else value.lower()
