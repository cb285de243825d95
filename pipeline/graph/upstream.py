"""How the feeds went that another one follows, and what they named."""

from dataclasses import dataclass, field

from pipeline.graph.outcomes import Outcome
from pipeline.graph.roster import Roster

# A tenant without PIM has no instances: nothing is missing then.
_COMPLETE = (Outcome.OK, Outcome.EMPTY, Outcome.NOT_LICENSED, Outcome.NOT_IN_CLOUD)


@dataclass
class Upstream:
    """One tenant's outcomes so far in this run or earlier for its date, by feed."""

    roster: Roster
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def ended(self, feed: str) -> Outcome | None:
        """The outcome of a feed; None where it was not read for this date."""
        return self.outcomes.get(feed)

    def lacking(self, feeds: tuple[str, ...]) -> list[str]:
        """Those of the feeds whose names are missing."""
        return [feed for feed in feeds if self.outcomes.get(feed) not in _COMPLETE]
