"""A second reader of Graph: plain requests, every page, nothing chosen and nothing forgotten."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Any

import httpx

from pipeline.sandbox import Sandbox
from tests.oracle.captures import Capture, Life, Record, Run, TenantSetting
from tests.oracle.feed_reading import OPTIONAL, Reading
from tests.oracle.wire_reader import WireReader

AT_ONCE = 4
# What is read into several lists counts as its feed does.
FEED_OF_PART = {
    "role_definitions_beta": "role_definitions",
    "conditional_access_policies_beta": "conditional_access_policies",
    "service_principals_applications": "service_principals",
    "group_members_transitive": "group_members",
    "application_permissions_resource": "application_permissions",
    "application_permissions_grants": "application_permissions",
}
# An old record no longer changes: of tenants with nothing awkward the newest are read again.
NEWEST_DAYS = 25


@dataclass
class Recorder:
    """Reads a sandbox beside the pipeline, on the same clock, and grows into a `Life`."""

    sandbox: Sandbox
    briefly: Collection[str] = ()
    runs: list[Run] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)
    _newest: dict[tuple[str, str, str], Record] = field(default_factory=dict, repr=False)
    _texts: dict[str, str] = field(default_factory=dict, repr=False)

    def __enter__(self) -> "Recorder":
        # What is read beside the pipeline need not be zipped on one side and unzipped on the other.
        plain = {"Accept-Encoding": "identity"}
        context = str(self.sandbox.ca_bundle)
        self._client = httpx.Client(verify=context, timeout=60, headers=plain)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    @property
    def life(self) -> Life:
        return Life(tuple(self.runs), tuple(self.captures))

    def record(
        self,
        run_date: date,
        settings: Sequence[TenantSetting],
        collected: Collection[str] | None = None,
    ) -> None:
        """Read every feed of the configured tenants, or of those collected, as one run."""
        asked = None if collected is None else frozenset(collected)
        run = Run(len(self.runs), run_date, tuple(settings), asked)
        self.runs.append(run)
        ids = [one.tenant_id for one in settings if run.asks(one.tenant_id)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for found in pool.map(lambda tenant_id: list(self._read(run, tenant_id)), ids):
                self.captures += found

    def _read(self, run: Run, tenant_id: str) -> Iterator[Capture]:
        reader = WireReader.signed_in(self.sandbox, self._client, tenant_id)
        is_known = any(c.tenant_id == tenant_id for c in self.captures)
        days = NEWEST_DAYS if is_known and tenant_id in self.briefly else None
        reading = Reading(reader, run.run_date, days).read()
        for feed, outcome in reading.outcomes.items():
            yield self._capture(run, tenant_id, reading, feed, outcome)
        for part, feed in FEED_OF_PART.items():
            refused = part in OPTIONAL and part not in reading.parts
            outcome = "not_permitted" if refused else reading.outcomes[feed]
            yield self._capture(run, tenant_id, reading, part, outcome)

    def _capture(
        self, run: Run, tenant_id: str, reading: Reading, feed: str, outcome: str
    ) -> Capture:
        at = reading.reader.at
        records = tuple(self._kept_once(tenant_id, feed, r) for r in reading.parts.get(feed, ()))
        if feed != "secure_scores" and at is not None and at.date() != run.run_date:
            # What Graph only knows as of now is not kept for another day, its refusals neither.
            outcome, records = "not_for_this_date", ()
        return Capture(tenant_id, feed, run.run_date, run.order, outcome, records, at)

    def _kept_once(self, tenant_id: str, feed: str, record: Record) -> Record:
        """The record as it was read before where it says the same: most of them do, day by day."""
        key = tenant_id, feed, str(record.get("id"))
        if self._newest.get(key) != record:
            self._newest[key] = self._shared(record)
        return self._newest[key]

    def _shared(self, value: Any) -> Any:
        """The same value with one object for each text: the same few come a million times."""
        if isinstance(value, str):
            return self._texts.setdefault(value, value)
        if isinstance(value, list):
            return [self._shared(one) for one in value]
        if isinstance(value, dict):
            return {name: self._shared(one) for name, one in value.items()}
        return value
