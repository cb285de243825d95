"""The tenants of one process, in the order of their groups."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence

from pipeline.config.settings import Tenant
from pipeline.graph.feed import Feed

Group = Sequence[tuple[Tenant, Sequence[Feed]]]
TakeGroup = Callable[[], Awaitable[Group | None]]


class Line:
    """Gives out tenants one by one; another group is asked for once the last is given out."""

    def __init__(self, take_group: TakeGroup) -> None:
        self._take_group = take_group
        self._waiting: deque[Tenant] = deque()
        self._is_over = False
        self._lock = asyncio.Lock()
        self._groups = 0
        self._open: dict[int, int] = {}
        self._known: dict[str, tuple[int, Sequence[Feed]]] = {}

    async def take(self) -> Tenant | None:
        """The next tenant; None where there is none left."""
        async with self._lock:
            if not self._waiting and not self._is_over:
                group = await self._take_group()
                self._is_over = group is None
                self._groups += 1
                for tenant, feeds in group or ():
                    self._waiting.append(tenant)
                    self._known[tenant.tenant_id] = (self._groups, feeds)
                self._open[self._groups] = len(self._waiting)
            return self._waiting.popleft() if self._waiting else None

    def feeds(self, tenant: Tenant) -> Sequence[Feed]:
        """What is to be read of a tenant."""
        return self._known[tenant.tenant_id][1]

    def group(self, tenant: Tenant) -> int:
        """The number of a tenant's group."""
        return self._known[tenant.tenant_id][0]

    def done(self, tenant: Tenant) -> bool:
        """A tenant is read; whether it was the last of its group."""
        group = self._known.pop(tenant.tenant_id)[0]
        self._open[group] -= 1
        return not self._open[group]


def in_turn(groups: Iterable[Group]) -> TakeGroup:
    """Groups that are all known, one after the other."""
    left = iter(groups)

    async def take() -> Group | None:
        return next(left, None)

    return take
