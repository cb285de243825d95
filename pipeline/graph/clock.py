"""Graph's clock: which day it is there, asked before a run, and how far this machine's is off."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx

from pipeline.config.settings import Tenant
from pipeline.graph.connections import Connections, quiet_loggers
from pipeline.graph.retry import http_date

# A sign-in by certificate fails from here on, and a schedule is visibly late or early.
_NOTICED = timedelta(minutes=5)
_SECONDS = 10.0
_TRIES = 3
# Clouds asked side by side; they agree, and one of them answers.
_CLOUDS = 4


@dataclass(frozen=True)
class Clock:
    """Graph's clock by its distance from this machine's; None where Graph did not answer."""

    ahead: timedelta | None

    def now(self) -> datetime:
        """The moment as Graph has it, else as this machine has it."""
        return datetime.now(UTC) + (self.ahead or timedelta())

    @property
    def today(self) -> date:
        return self.now().date()

    @property
    def leeway(self) -> timedelta:
        """How far from the run's date a feed's own may lie: a midnight, and no more.

        Where Graph did not say which day it is, its feeds will.
        """
        return timedelta.max if self.ahead is None else timedelta(days=1)

    @property
    def trouble(self) -> str | None:
        """One line where this machine's clock is wrong, or could not be compared."""
        if self.ahead is None:
            return "Graph's clock could not be read; this machine's date was taken for the run"
        if abs(self.ahead) < _NOTICED:
            return None
        side = "behind" if self.ahead > timedelta() else "ahead of"
        return f"this machine's clock is {_span(abs(self.ahead))} {side} Graph's; set it"


def ask_clock(tenants: Sequence[Tenant]) -> Clock:
    """The clock of the first cloud of these tenants that answers; needs no sign-in."""
    quiet_loggers()
    clouds = {(one.cloud.graph_url, one.cloud.ca_bundle): None for one in tenants}
    return asyncio.run(_first([*clouds][:_CLOUDS]))


async def _first(clouds: Sequence[tuple[str, Path | None]]) -> Clock:
    asked = await asyncio.gather(*(_ask(*cloud) for cloud in clouds))
    return Clock(next((ahead for ahead in asked if ahead is not None), None))


async def _ask(graph_url: str, ca_bundle: Path | None) -> timedelta | None:
    connections = Connections(ca_bundle)
    try:
        async with asyncio.timeout(_SECONDS), connections.graph(max_bytes=0) as http:
            for _ in range(_TRIES):
                seen = await _date(http, f"{graph_url}/v1.0/")
                if seen is not None:
                    return seen - datetime.now(UTC)
    except TimeoutError:
        pass
    finally:
        connections.close()
    return None


async def _date(http: httpx.AsyncClient, url: str) -> datetime | None:
    """The `Date` of whatever answers: also a refusal bears it."""
    try:
        async with http.stream("GET", url) as response:
            return http_date(response.headers.get("date", ""))
    except (httpx.HTTPError, httpx.InvalidURL):
        return None


def _span(length: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = round(length.total_seconds() / 60)
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    shown = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(shown[:2])
