"""What one process of a run may do while others do the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

# Months of scores keep the cores busy and fill memory, so fewer tenants read them at once.
MAX_AT_ONCE_HEAVY = 6


@dataclass(frozen=True)
class Share:
    """One process of so many, counted from 0. The one that leads the others counts as the last."""

    place: int = 0
    of: int = 1

    @property
    def heavy(self) -> int:
        """How many tenants may read months of scores at once."""
        return max(1, MAX_AT_ONCE_HEAVY // self.of)

    @property
    def parts(self) -> Iterator[int]:
        """Numbers of parts that no other process of the run gives."""
        return count(self.place + 1, self.of + 1 if self.of > 1 else 1)
