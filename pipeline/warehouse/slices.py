"""What a build has to consume: for each shard of tenants, slices of days that bound its memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from pipeline.lake.log import read_columns
from pipeline.lake.parts import Lake
from pipeline.lake.shards import shards_of
from pipeline.warehouse.as_of import AsOf
from pipeline.warehouse.lake_parts import LOG, day_of, files_of, part_of, reading

# So many days of fifty tenants fit a quarter of a gigabyte, beside what a first run reads at once.
SLICE_DAYS = 10


@dataclass(frozen=True)
class Slice:
    """Parts to consume together, as `extract_date=D/<run>-<part>`.

    `run_parts` are the configurations of the whole lake, and `as_of_date` the newest run date of
    any tenant, up to the last day of the slice; `seen_parts` are all that are done with after it.
    `tenants` are those that count where a part may hold others as well.
    """

    log_parts: Sequence[str]
    config_parts: Sequence[str]
    run_parts: Sequence[str]
    as_of_date: date | None
    seen_parts: Sequence[str] = ()
    tenants: frozenset[str] | None = None


@dataclass(frozen=True)
class LakeParts:
    """The parts of log and configurations that count, in the order of day and run."""

    log: Sequence[str]
    config: Sequence[str]

    @classmethod
    def of_lake(cls, root: Path, as_of: AsOf | None = None) -> "LakeParts":
        """All parts, or those of the time."""
        lake = Lake(root)
        log_files = as_of.log_files if as_of else lake.log_files()
        config_files = as_of.config_files if as_of else lake.config_files()
        return cls([part_of(path) for path in log_files], [part_of(path) for path in config_files])

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.log, *self.config))

    @property
    def as_of_date(self) -> date | None:
        """The newest run date of any tenant."""
        return max(map(day_of, self.log), default=None)


@dataclass(frozen=True)
class OwnedParts:
    """The parts of the lake and the shard of each tenant.

    Who is in a part is read when a shard asks that has not seen it: mostly of the newest few.
    """

    root: Path
    parts: LakeParts
    shards: Mapping[str, int]
    _tenants_of: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of_lake(cls, root: Path, parts: LakeParts) -> "OwnedParts":
        """Raises PostureError naming a log file that is damaged."""
        return cls(root, parts, shards_of(Lake(root)))

    @property
    def shard_numbers(self) -> list[int]:
        """Every shard that has a tenant; a lake without one has the first."""
        return sorted(set(self.shards.values())) or [0]

    def of_shard(self, shard: int, seen: frozenset[str]) -> list[str]:
        """The log parts with tenants of the shard that it has not seen."""
        mine = self._tenants(shard)
        new = (part for part in self.parts.log if part not in seen)
        return [part for part in new if self._in_part(part) & mine]

    def _in_part(self, part: str) -> frozenset[str]:
        if part not in self._tenants_of:
            [path] = files_of(self.root, LOG, [part])
            self._tenants_of[part] = frozenset(
                read_columns(path, ["tenant_id"])["tenant_id"].to_pylist()
            )
        return self._tenants_of[part]

    def _tenants(self, shard: int) -> frozenset[str]:
        return frozenset(one for one, number in self.shards.items() if number == shard)

    def slices(self, shard: int, seen: frozenset[str]) -> list[Slice]:
        """What a shard has not seen, oldest first; never empty."""
        is_alone = len(self.shard_numbers) == 1
        log = self.of_shard(shard, seen)
        config = [part for part in self.parts.config if part not in seen]
        new = [part for part in (*self.parts.log, *self.parts.config) if part not in seen]
        slices, after = [], date.min
        for end in (ends := _ends(list(map(day_of, new)))):
            within = [part for part in log if after < day_of(part) <= end]
            if within or end == ends[-1]:
                configured = [part for part in config if after < day_of(part) <= end]
                tenants = None if is_alone else self._tenants(shard)
                slices.append(self._slice(within, configured, new, end, tenants))
                after = end
        return slices

    def _slice(
        self,
        log: Sequence[str],
        config: Sequence[str],
        new: Sequence[str],
        end: date,
        tenants: frozenset[str] | None,
    ) -> Slice:
        return Slice(
            log_parts=log,
            config_parts=config,
            run_parts=[part for part in self.parts.config if day_of(part) <= end],
            as_of_date=max(
                (day_of(part) for part in self.parts.log if day_of(part) <= end), default=None
            ),
            seen_parts=[part for part in new if day_of(part) <= end],
            tenants=tenants,
        )


def _ends(days: Sequence[date]) -> list[date]:
    """The last day of each slice; a lake without a part is one."""
    ends: list[date] = []
    first = date.min
    for day in sorted(set(days)):
        if ends and (day - first).days < SLICE_DAYS:
            ends[-1] = day
        else:
            ends.append(day)
            first = day
    return ends or [date.max]


def arrived_late(
    connection: duckdb.DuckDBPyConnection, lake: Path, log_parts: Sequence[str]
) -> bool:
    """Whether a capture of today's state arrived for a day before the newest one processed."""
    files = files_of(lake, LOG, log_parts)
    if not files:
        return False
    row = connection.execute(
        f"""
        select 1
        from {reading(files)} as arrived
        inner join core.fct_collection as processed
            on arrived.tenant_id = processed.tenant_id and arrived.feed = processed.feed
        where
            arrived.feed <> 'secure_scores'
            and arrived.outcome in ('ok', 'empty')
            and processed.outcome in ('ok', 'empty')
            and arrived.extract_date < processed.extract_date
        limit 1
        """
    ).fetchone()
    return row is not None
