"""What the lake already holds: committed feeds, the last capture of scores, known records."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from pipeline.graph.feeds import FEEDS
from pipeline.graph.outcomes import COMMITTED, Outcome
from pipeline.lake.integrity import find_damage
from pipeline.lake.log import INCOMPLETE, read_columns, read_tenant
from pipeline.lake.parts import Lake

SCORES, AUDITS = "secure_scores", "directory_audits"
# Graph keeps 90 daily records; a capture older than that says nothing about what is missing. To
# read all of an audit log again costs less than to look for an old reading of it every day.
_HORIZONS = {SCORES: timedelta(days=97), AUDITS: timedelta(days=3)}
# An audit log without entries was read all the same; a tenant without scores has none yet.
_CAPTURED = {SCORES: frozenset({Outcome.OK}), AUDITS: COMMITTED}


class CommittedDay:
    """The feeds that are complete for a date, and their rows; the newest run's where several.

    One that lacked names of another feed is read again: that feed may have come meanwhile.
    `counted` are the outcomes of which a feed is complete.
    """

    def __init__(self, lake: Lake, day: date, *, counted: Collection[Outcome] = COMMITTED) -> None:
        self._lake = lake
        self._found: dict[tuple[str, str], tuple[str, Path]] = {}
        log_files = lake.log_files([day])
        # What is damaged is read again while its day lasts.
        damaged = {(one.part, one.tenant_id, one.feed) for one in find_damage(lake, log_files)}
        for path in log_files:
            part = f"{path.parent.name}/{path.stem}"
            rows = read_columns(path, ("tenant_id", "feed", "outcome", "error_code")).to_pydict()
            for tenant, feed, outcome, code in zip(*rows.values(), strict=True):
                is_whole = (part, tenant, feed) not in damaged
                if outcome in counted and code != INCOMPLETE and is_whole:
                    self._found[tenant, feed] = (outcome, path)

    def __contains__(self, pair: tuple[str, str]) -> bool:
        """Whether a (tenant, feed) pair is complete."""
        return pair in self._found

    def outcome(self, tenant_id: str, feed: str) -> str | None:
        """`ok` or `empty`; None where the feed is not complete."""
        found = self._found.get((tenant_id, feed))
        return found[0] if found else None

    def tables(self, tenant_id: str, feed: str) -> dict[str, pa.Table]:
        """The rows of a complete feed by lake table."""
        found = self._found.get((tenant_id, feed))
        if found is None or feed not in FEEDS:
            return {}
        return {
            table: read_tenant(path, tenant_id)
            for table in FEEDS[feed].tables
            for path in self._lake.part_files(table, [found[1]])
        }


@dataclass(frozen=True)
class _Part:
    path: Path
    extract_date: date
    is_late: bool

    @property
    def run_id(self) -> str:
        return self.path.name.rpartition("-")[0]


class ReadingHistory:
    """What the lake holds of feeds that are read on from where the last reading ended.

    It is read only as far back as needed.

    `captured` gives Graph's date of a tenant's last complete capture, `audited` the time of the
    last one of its audit log. `known` gives the hash that a record had when it was last written.
    """

    def __init__(self, lake: Lake, tenants: Collection[str]) -> None:
        self._lake = lake
        self._wanted = frozenset(tenants)
        self._parts = _parts(lake.log_files())
        self.captured: dict[str, date] = {}
        self.audited: dict[str, datetime] = {}
        self._known: dict[str, dict[str, tuple[str, str]]] = {}
        self._loaded: set[Path] = set()
        self._complete_from = date.max
        self._sources: set[Path] = set()
        self._find_captures()

    def known(self, tenant_id: str, oldest: date) -> dict[str, str]:
        """Record id -> hash of the newest copy, complete for records dated `oldest` or later."""
        if oldest < self._complete_from:
            # A record is captured on its own day or later; only a run for a past date files
            # newer records under an older date: late parts, or the last capture itself.
            for part in self._parts:
                wanted = part.is_late or part.path in self._sources or part.extract_date >= oldest
                if wanted and part.path not in self._loaded:
                    self._load(part)
            self._complete_from = oldest
        return {key: value[1] for key, value in self._known.get(tenant_id, {}).items()}

    def _find_captures(self) -> None:
        if not self._parts:
            return
        newest = self._parts[0].extract_date
        feeds = [one for one in _HORIZONS if one == SCORES or (self._lake.root / one).is_dir()]
        missing = {feed: set(self._wanted) for feed in feeds}
        late = [part for part in self._parts if part.is_late]
        regular = [part for part in self._parts if not part.is_late]
        for part in (*late, *regular):
            sought = {
                feed
                for feed in feeds
                if part.is_late or (missing[feed] and part.extract_date >= newest - _HORIZONS[feed])
            }
            if not sought:
                break
            for tenant, feed, at in _captures(part.path, self._wanted, sought):
                self._note(tenant, feed, at, part)
                if not part.is_late:
                    missing[feed].discard(tenant)

    def _note(self, tenant: str, feed: str, at: datetime, part: _Part) -> None:
        if feed == AUDITS:
            self.audited[tenant] = max(at, self.audited.get(tenant, at))
            return
        self.captured[tenant] = max(at.date(), self.captured.get(tenant, at.date()))
        self._sources.add(part.path)

    def _load(self, part: _Part) -> None:
        self._loaded.add(part.path)
        for path in self._lake.part_files(SCORES, [part.path]):
            rows = read_columns(path, ("tenant_id", "id", "record_hash")).to_pydict()
            for tenant, record, digest in zip(*rows.values(), strict=True):
                if tenant in self._wanted and record is not None:
                    mine = self._known.setdefault(tenant, {})
                    if record not in mine or mine[record][0] <= part.run_id:
                        mine[record] = (part.run_id, digest)


def _parts(log_files: Iterable[Path]) -> list[_Part]:
    """The log files from the newest extract date to the oldest.

    A part is late when its run came after a run for a later date.
    """
    parts: list[_Part] = []
    earliest_later = "~"
    folder, earliest_here = "", "~"
    for path in sorted(log_files, key=lambda one: (one.parent.name, one.name), reverse=True):
        if path.parent.name != folder:
            earliest_later = min(earliest_later, earliest_here)
            folder, earliest_here = path.parent.name, "~"
        earliest_here = min(earliest_here, path.name)
        day = date.fromisoformat(folder.removeprefix("extract_date="))
        parts.append(_Part(path, day, path.name > earliest_later))
    return parts


def _captures(
    path: Path, wanted: Collection[str], sought: Collection[str]
) -> list[tuple[str, str, datetime]]:
    columns = ("tenant_id", "feed", "outcome", "collected_at")
    rows = read_columns(path, columns).to_pydict()
    return [
        (tenant, feed, collected_at)
        for tenant, feed, outcome, collected_at in zip(*rows.values(), strict=True)
        if feed in sought and outcome in _CAPTURED[feed] and tenant in wanted
    ]
