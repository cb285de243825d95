"""What the doctor found: per tenant and feed, as it is shown and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.doctor.uses import missing_in
from pipeline.graph.feed import Reader
from pipeline.graph.feeds import FEEDS
from pipeline.graph.licences import Tier
from pipeline.graph.outcomes import Outcome

_PIM = "role_assignment_schedule_instances"
UNREACHED = frozenset({Outcome.AUTH_FAILED, Outcome.THROTTLED, Outcome.UNAVAILABLE})


@dataclass(frozen=True)
class FeedFinding:
    """Whether one feed of one tenant can be read.

    `verdict` is the outcome that a run would log now. `is_granted` and `is_licensed` are None
    where neither Graph nor token nor licences tell. `to_grant` is the permission
    that Graph asks for, mostly `permission`; `incomplete_without` are permissions that
    are not granted and only complete the feed; `withheld` is one that a tenant may withhold, and a
    run then does without; `waits_for` is a feed without which this one has
    nothing to ask for.
    """

    feed: str
    verdict: Outcome
    permission: str
    is_granted: bool | None
    licence: str | None
    is_licensed: bool | None
    is_in_cloud: bool
    missing_in: Sequence[str]
    note: str | None
    to_grant: str
    incomplete_without: tuple[str, ...] = ()
    withheld: str | None = None
    waits_for: str | None = None

    @property
    def is_readable(self) -> bool:
        return self.verdict.is_committed

    @property
    def is_refused(self) -> bool:
        """A permission of its own is missing, as Graph says, or the token where Graph is silent."""
        if self.waits_for is not None:
            return False
        silent = self.verdict in UNREACHED and self.is_in_cloud and self.is_granted is False
        return self.verdict is Outcome.NOT_PERMITTED or silent


@dataclass(frozen=True)
class TenantFindings:
    """What was found of one tenant. `granted` is None where the token does not say."""

    tenant_id: str
    tenant_name: str | None
    cloud: str
    is_signed_in: bool
    sign_in_note: str | None
    licence_tier: Tier | None
    granted: Sequence[str] | None
    missing: Sequence[str]
    consent_url: str | None
    feeds: Sequence[FeedFinding]

    @property
    def withheld(self) -> list[str]:
        """Permissions that a tenant may withhold, and this one does, each once."""
        return list(dict.fromkeys(one.withheld for one in self.feeds if one.withheld))

    @property
    def is_well(self) -> bool:
        """Nothing to mend: what is missing, the tenant cannot have."""
        return not self.missing and all(one.verdict.is_complete for one in self.feeds)

    @property
    def is_unreached(self) -> bool:
        """Neither sign-in nor any question was answered."""
        asked = [one for one in self.feeds if one.is_in_cloud]
        return bool(asked) and all(one.verdict in UNREACHED for one in asked)


def held_up(feeds: Sequence[FeedFinding]) -> list[FeedFinding]:
    """The findings as a run would end: a feed that needs another one shares what ails that one."""
    found = {one.feed: one for one in feeds}
    pim = found.get(_PIM)
    for one in feeds:
        feed = FEEDS[one.feed]
        # A run does not ask for the groups of a tenant that has just been found without PIM.
        if feed.reader is Reader.GROUP_SCHEDULES and pim and pim.verdict is Outcome.NOT_LICENSED:
            found[one.feed] = replace(one, verdict=pim.verdict, is_licensed=False, note=pim.note)
        for name in feed.needs:
            needed = found.get(name)
            if needed is None or needed.is_readable or needed.verdict is found[one.feed].verdict:
                continue
            if one.is_in_cloud:
                found[one.feed] = replace(
                    one,
                    verdict=needed.verdict,
                    missing_in=missing_in(one.feed),
                    note=f"needs {name}: {needed.note}",
                    incomplete_without=(),
                    withheld=None,
                    waits_for=needed.waits_for or name,
                )
    return list(found.values())


def missing_permissions(feeds: Iterable[FeedFinding]) -> list[str]:
    """The permissions to grant, each once, those that open a feed first.

    One whose own feed the tenant cannot have anyway completes nothing either.
    """
    found = list(feeds)
    opening = [one.to_grant for one in found if one.is_refused]
    pointless = {
        one.permission
        for one in found
        if one.verdict in (Outcome.NOT_LICENSED, Outcome.NOT_IN_CLOUD)
    }
    completing = [
        permission
        for one in found
        for permission in one.incomplete_without
        if permission not in pointless
    ]
    return list(dict.fromkeys([*opening, *completing]))
