"""All the tenants of one sandbox, told lazily: a story is computed when it is first asked for."""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from threading import Lock
from typing import overload

from pipeline.sandbox.protocol.login import Application
from pipeline.sandbox.story.applications import Applications
from pipeline.sandbox.story.audits import Audits
from pipeline.sandbox.story.cast import Cast
from pipeline.sandbox.story.catalogue import Microsoft
from pipeline.sandbox.story.directory import Directory
from pipeline.sandbox.story.group_pim import GroupPim
from pipeline.sandbox.story.groups import Groups
from pipeline.sandbox.story.identity import SHAPES, Tenant, derived_uuid, shape_named
from pipeline.sandbox.story.pim import Pim
from pipeline.sandbox.story.plans import Plans
from pipeline.sandbox.story.policies import Policies
from pipeline.sandbox.story.progress import Progress
from pipeline.sandbox.story.recommendations import Recommendations
from pipeline.sandbox.story.registration import Registration
from pipeline.sandbox.story.risk import Risk

HISTORY = 90  # Graph keeps this many records
_YOUTH = 20
_KEPT = 64  # stories in memory at a time


class Story:
    """One tenant with its life so far; days are counted from its first one."""

    def __init__(self, tenant: Tenant, *, microsoft: Microsoft, born: date, offset: int) -> None:
        self.tenant, self.born, self.microsoft, self.offset = tenant, born, microsoft, offset
        self.lifelike = microsoft.calm
        self._gaps: dict[int, int] = {}
        self.directory = Directory(tenant, born, lifelike=self.lifelike)
        self.progress = Progress(
            tenant, microsoft=microsoft, directory=self.directory, born=born, offset=offset
        )
        self.cast, self.groups, self.applications = Cast(self), Groups(self), Applications(self)
        self.pim, self.group_pim = Pim(self), GroupPim(self)
        self.policies, self.risk, self.registration = Policies(self), Risk(self), Registration(self)
        self.plans = Plans(self)
        self.recommendations, self.audits = Recommendations(self), Audits(self)
        self._administrators: tuple[int, frozenset[str]] = (-1, frozenset())

    def number(self, day: date) -> int:
        return (day - self.born).days

    def administrators(self, day: int) -> frozenset[str]:
        """Ids of the users who have a role on a day, through a group and eligible ones included."""
        known, found = self._administrators
        if known != day:
            held = {grant.principal_id for grant in self.directory.grants(day)}
            beneath = {
                member.id
                for group in [*held, self.groups.id_of("responders")]
                for member in self.groups.transitive(group, day)
            }
            found = frozenset(held | beneath)
            self._administrators = day, found
        return found

    def record_days(self, newest: date) -> list[date]:
        """Days that have a score record, newest first, at most the 90 up to `newest`."""
        days = (newest - timedelta(days=back) for back in range(HISTORY))
        return [day for day in days if day >= self.born and not self._is_missing(self.number(day))]

    def _is_missing(self, number: int) -> bool:
        """One day in every two months has no record; a few tenants freeze for four days."""
        pair, place = divmod(number, 60)
        gap = self._gaps.get(pair)
        if gap is None:
            gap = self._gaps[pair] = self.tenant.rng("missing", pair).randint(3, 17)
        length = 4 if self.tenant.index % 10 == 6 else 1
        return gap <= place < gap + length


class Estate(Sequence[Tenant]):
    """The tenants by index, their stories by id; a bounded number of stories is kept."""

    def __init__(
        self,
        *,
        tenants: int,
        days: int,
        seed: int,
        today: date,
        shapes: Sequence[str] = (),
        users: int | None = None,
        china: Collection[int] = (),
        plans: Collection[int] = (),
        lifelike: bool = False,
    ) -> None:
        self.seed, self._count, self._days = seed, tenants, days
        self._shapes = tuple(shape_named(name) for name in shapes) or SHAPES
        self._users, self._china, self._plans = users, frozenset(china), frozenset(plans)
        self._first = today - timedelta(days=days - 1)
        self._microsoft = Microsoft(seed, calm=lifelike)
        self._stories: OrderedDict[str, Story] = OrderedDict()
        self._lock = Lock()
        self.application = Application(
            derived_uuid("application", seed),
            f"sbx~{derived_uuid('secret', seed).replace('-', '')}",
            f"sbx~{derived_uuid('expired secret', seed).replace('-', '')}",
        )

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {self[index].tenant_id: index for index in range(self._count)}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Tenant: ...
    @overload
    def __getitem__(self, index: slice) -> list[Tenant]: ...
    def __getitem__(self, index: int | slice) -> Tenant | list[Tenant]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(f"there are {self._count} tenants")
        app, index = self.application, index % self._count
        return Tenant(
            self.seed,
            index,
            app.client_id,
            app.secret,
            shape=self._shapes[index % len(self._shapes)],
            users=self._users,
            china=index in self._china,
            has_plan=index in self._plans,
        )

    def __iter__(self) -> Iterator[Tenant]:
        return (self[index] for index in range(self._count))

    def find(self, tenant_id: str) -> Tenant | None:
        index = self._by_id.get(tenant_id.lower())
        return None if index is None else self[index]

    @property
    def stories_kept(self) -> int:
        return len(self._stories)

    def story(self, tenant: Tenant) -> Story:
        """The story of a tenant, computed on first use and forgotten when others push it out."""
        with self._lock:
            story = self._stories.get(tenant.tenant_id)
            if story is None:
                age = min(self._days, _YOUTH) if tenant.is_young else self._days
                offset = self._days - age
                born = self._first + timedelta(days=offset)
                story = Story(tenant, microsoft=self._microsoft, born=born, offset=offset)
                self._stories[tenant.tenant_id] = story
                while len(self._stories) > _KEPT:
                    self._stories.popitem(last=False)
            self._stories.move_to_end(tenant.tenant_id)
            return story
